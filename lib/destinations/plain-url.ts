/**
 * A URL as it can be sent: escaped where it must be, with a path, without user, password and fragment. A bad one is empty
 * until `check()` refuses it at start.
 */
export function plainUrl(url: unknown): string {
  try {
    const { origin, pathname, search } = new URL(String(url));
    return origin + pathname + search;
  } catch {
    return '';
  }
}
