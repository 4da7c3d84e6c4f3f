/** Characters that are kept of an id that a client sends; as many as PostHog's own server code keeps. */
export const MAX_CLIENT_ID = 1_000;

/** Control characters, and halves of characters that take two units: a cut may leave one. */
const UNWANTED = /[\p{Cc}\p{Cs}]/gu;

/**
 * What JavaScript writes where there was no id: a value that is missing, or an object, such as a promise that was not awaited. As
 * an id it would make one person of many. In this case only: `Null` is a surname.
 */
const NOTHING = /^(?:undefined|null|NaN|\[object [A-Z]\w*\])$/;

/** Whether a text is JavaScript's form of a missing id, such as `undefined`. */
export function isWordForNothing(text: string): boolean {
  return NOTHING.test(text);
}

/** Text of a client as it may be kept: cut, without control characters; `undefined` where nothing is left, or it is no text. */
export function clientText(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.slice(0, maxLength).replace(UNWANTED, '').trim();
  return text === '' ? undefined : text;
}

/** An id that a client sends, as it may be kept. */
export function clientId(value: unknown): string | undefined {
  const text = clientText(value, MAX_CLIENT_ID);
  return text === undefined || isWordForNothing(text) ? undefined : text;
}
