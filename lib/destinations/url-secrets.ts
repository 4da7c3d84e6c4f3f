/** Shorter values do not count as secrets: removing every `1` would make an answer unreadable. */
export const MIN_SECRET_LENGTH = 6;

/** A word of an address, such as `services` or `track-events`. Tokens have digits, or are longer. */
const WORD = /^[a-z]+(?:[-_.][a-z]+)*$/i;
const MAX_WORD = 16;

/** The parts of a URL that may be credentials: values of the query, and path segments that are not words. */
export function urlSecrets(url: string): string[] {
  if (url === '') return [];
  const { pathname, search } = new URL(url);
  const segments = pathname.split('/').filter((part) => part.length > MAX_WORD || !WORD.test(part));
  const query = search.slice(1);
  const values = query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [query, ...segments, ...values].filter((part) => part.length >= MIN_SECRET_LENGTH);
}
