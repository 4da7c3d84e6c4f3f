/**
 * A URL as it can be sent: escaped where it must be, with a path, without user, password and fragment. A bad one is empty
 * until `check()` refuses it at start.
 */
export function plainUrl(url: unknown): string {
  try {
    const { protocol, origin, pathname, search } = new URL(String(url));
    // Others have no origin to send to: `localhost:3000` is a URL whose protocol is `localhost:`.
    if (protocol !== 'http:' && protocol !== 'https:') return '';
    return origin + pathname + search;
  } catch {
    return '';
  }
}
