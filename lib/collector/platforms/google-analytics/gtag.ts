import type { CollectorRequest, ReadEvent, Reading } from '../../platform.js';

/** Reads what gtag.js sends: one event in the query, or a line of the body for each. The library itself comes from Google. */
export function readGtag({ query, body }: CollectorRequest): Reading {
  const lines = body.split(/\r?\n/).filter((line) => line !== '');
  const events = lines.length === 0 ? [query] : lines.map((line) => merged(query, line));
  return { events: events.map(readHit), answer: { status: 204 }, problems: [] };
}

function merged(query: URLSearchParams, line: string): URLSearchParams {
  const all = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(line)) all.set(name, value);
  return all;
}

function readHit(hit: URLSearchParams): ReadEvent {
  const properties: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of hit) {
    if (name.startsWith('ep.')) properties[name.slice(3)] = value;
    else if (name.startsWith('epn.')) properties[name.slice(4)] = Number(value);
  }
  for (const [name, shown] of [
    ['dl', 'page_location'],
    ['dr', 'page_referrer'],
    ['dt', 'page_title'],
  ] as const) {
    if (hit.has(name)) properties[shown] = hit.get(name);
  }
  const name = hit.get('en') ?? '';
  return {
    kind: name === 'page_view' ? 'page' : 'track',
    name,
    id: null,
    userId: hit.get('uid'),
    anonymousId: hit.get('cid'),
    time: null,
    properties,
    outcome: 'delivered',
    problems: [],
    repetition: undefined,
  };
}
