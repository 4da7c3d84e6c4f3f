import assert from 'node:assert/strict';

/** The ids of an event as its platform reads them; null: it has none of this kind. */
export function idsOf({ further }, event) {
  const { userId, anonymousId, kind, name, request } = event;
  const more = Object.entries(further?.(event, JSON.parse(request.body)) ?? {});
  return {
    userId,
    anonymousId: kind === 'alias' ? name : anonymousId,
    ...Object.fromEntries(more.map(([id, text]) => [id, text ?? null])),
  };
}

/** The ids that belong to one browser or person, without nulls. */
export function textsOf(ids) {
  return Object.values(ids)
    .filter((id) => id !== null)
    .map(String);
}

/** Fails if a request holds one of `foreign`, in any encoding that a platform uses. */
export function assertWithout(request, foreign, what) {
  const texts = [request.url, decodeURIComponent(request.url), JSON.stringify(request.headers), request.body];
  const encoded = request.body.match(/[\w+/-]{40,}={0,2}/g) ?? [];
  texts.push(...encoded.map((text) => Buffer.from(text, 'base64').toString()));
  for (const [id, owner] of foreign) {
    assert.ok(
      !texts.some((text) => text.includes(id)),
      `${what} has an id of ${owner}: ${id}\n${request.body}`,
    );
  }
}
