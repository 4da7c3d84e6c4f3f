/** Longer ids of a client are cut to this number of characters, as in PostHog's server code. */
export const MAX_CLIENT_ID = 1_000;

/** Control characters, and half surrogate pairs, which a cut may leave. */
const UNWANTED = /[\p{Cc}\p{Cs}]/gu;

/**
 * JavaScript's text for a missing value or an object, such as a promise that was not awaited. As an id, it would join many
 * people. Upper and lower case matter: `Null` is a surname.
 */
const NOTHING = /^(?:undefined|null|NaN|\[object [A-Z]\w*\])$/;

/** Whether a text is JavaScript's form of a missing id, such as `undefined`. */
export function isWordForNothing(text: string): boolean {
  return NOTHING.test(text);
}

/** A client's text, cut and without control characters; `undefined` if nothing is left, or it is not a text. */
export function clientText(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.slice(0, maxLength).replace(UNWANTED, '').trim();
  return text === '' ? undefined : text;
}

/** A client's id, cut and without control characters; `undefined` if it is unusable. */
export function clientId(value: unknown): string | undefined {
  const text = clientText(value, MAX_CLIENT_ID);
  return text === undefined || isWordForNothing(text) ? undefined : text;
}
