/** The path and the query of a request, as they came. `new URL()` is slower, and throws on hostile text. */
export interface RequestTarget {
  readonly path: string;
  /** Without `?`. */
  readonly search: string;
}

/** Splits the target of a request; a proxy's form, `http://host/path`, too. */
export function readTarget(url = '/'): RequestTarget {
  const whole = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '') || '/';
  const end = whole.indexOf('?');
  return end === -1
    ? { path: whole, search: '' }
    : { path: whole.slice(0, end), search: whole.slice(end + 1) };
}

/** The first part of a path, which names the platform. */
export function firstPart(path: string): string {
  const end = path.indexOf('/', 1);
  return path.slice(1, end === -1 ? undefined : end);
}
