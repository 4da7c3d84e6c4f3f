import { parseCookie, type Cookies } from 'cookie';
import { isObject, ownMember, type UnknownObject } from '../event/json-values.js';
import { readHeader } from './read-header.js';

/**
 * One cookie of a request, percent-decoded once; `undefined` if it is absent or empty. Invalid percent-encoding is returned
 * unchanged. Reads the cookies that a plugin has parsed (cookie-parser, @fastify/cookie), else the raw header; for a socket, the
 * header of its handshake. Of several cookies with one name, it returns the first: browsers send that of the longest path first.
 *
 * The value is the client's claim, never a verified user.
 */
export function readCookie(request: unknown, name: string): string | undefined {
  const value = ownMember(cookiesOf(request), name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * A cookie whose signature a plugin has verified: cookie-parser (`signedCookies`) or @fastify/cookie (`unsignCookie()`).
 * `undefined` if the cookie is absent or was changed, or no plugin has a secret.
 */
export function readSignedCookie(request: unknown, name: string): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { signedCookies } = request as MaybeCookies;
  // Called on the request, because Fastify's method reads its signer there.
  const value = isObject(signedCookies) ? ownMember(signedCookies, name) : unsigned(request, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The names of cookies that `fits` accepts: some platforms put the id of a project or site in the name. */
export function cookieNames(request: unknown, fits: (name: string) => boolean): string[] {
  const cookies = cookiesOf(request);
  return cookies === undefined ? [] : Object.keys(cookies).filter(fits);
}

function cookiesOf(request: unknown): UnknownObject | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { cookies } = request as MaybeCookies;
  return isObject(cookies) ? cookies : parsedHeader(request);
}

function unsigned(request: MaybeCookies, name: string): unknown {
  const signed = readCookie(request, name);
  if (signed === undefined || typeof request.unsignCookie !== 'function') return undefined;
  const result: unknown = request.unsignCookie(signed);
  return isObject(result) && result['valid'] === true ? result['value'] : undefined;
}

interface MaybeCookies {
  readonly cookies?: unknown;
  readonly signedCookies?: unknown;
  unsignCookie?(value: string): unknown;
}

/** Several readers read one request in turn, so its header is parsed once. */
let lastHeader = '';
let lastCookies: Cookies = {};

function parsedHeader(request: object): Cookies | undefined {
  const header = readHeader(request, 'cookie');
  if (header === undefined) return undefined;
  if (header !== lastHeader) {
    lastCookies = parseCookie(header);
    lastHeader = header;
  }
  return lastCookies;
}
