/** Host and path of a URL, for telling accounts apart. A bad URL stands for itself until `check()` refuses it at start. */
export function hostOf(url: unknown): string {
  try {
    const { host, pathname } = new URL(String(url));
    return host + (pathname === '/' ? '' : pathname);
  } catch {
    return '';
  }
}
