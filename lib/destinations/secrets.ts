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

/** The secret values of headers: without their scheme (`Bearer …`), and both halves of `Basic`. */
export function headerSecrets(headers: Readonly<Record<string, string>>): string[] {
  const secrets = Object.values(headers).flatMap((value) => {
    const [, scheme = '', credential = value] = /^([a-z]+) +(\S.*)$/i.exec(value) ?? [];
    if (scheme.toLowerCase() !== 'basic') return [credential];
    const pair = Buffer.from(credential, 'base64').toString();
    const colon = pair.indexOf(':');
    return [credential, pair, pair.slice(0, Math.max(0, colon)), pair.slice(colon + 1)];
  });
  return secrets.filter((value) => value.length >= MIN_SECRET_LENGTH);
}

/** The value of an `Authorization` header with a user and a password (RFC 7617). */
export function basicAuthorization(user: string, password = ''): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
