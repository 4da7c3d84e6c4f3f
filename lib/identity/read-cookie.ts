import { parseCookie, type Cookies } from 'cookie';

/**
 * One cookie of a request, percent-decoded once; `undefined` where it is absent or empty. Broken percent-encoding comes back
 * as it was. Reads what a cookie plugin has parsed (cookie-parser, @fastify/cookie), else the raw header; for a socket the
 * header of its handshake.
 *
 * What it returns is the client's claim: never a verified user.
 */
export function readCookie(request: unknown, name: string): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { cookies } = request as MaybeCookies;
  const known = typeof cookies === 'object' && cookies !== null ? cookies : parsedHeader(request);
  // A plugin's object may inherit from Object.prototype: a cookie named `constructor` must not find that.
  const value = known !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

interface MaybeCookies {
  readonly cookies?: Readonly<Record<string, unknown>> | null;
  readonly headers?: { readonly cookie?: unknown } | null;
  readonly handshake?: { readonly headers?: { readonly cookie?: unknown } } | null;
}

/** Several readers ask the same request one after the other: its header is parsed once. */
let lastHeader = '';
let lastCookies: Cookies = {};

function parsedHeader(request: MaybeCookies): Cookies | undefined {
  const header = request.headers?.cookie ?? request.handshake?.headers?.cookie;
  if (typeof header !== 'string') return undefined;
  if (header !== lastHeader) {
    lastCookies = parseCookie(header);
    lastHeader = header;
  }
  return lastCookies;
}
