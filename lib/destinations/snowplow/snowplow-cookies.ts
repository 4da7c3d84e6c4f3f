import type { BrowserResolver } from '../../event/identity.js';
import type { SessionReader } from '../../event/session-reader.js';
import { cookieNames, readCookie } from '../../request/read-cookie.js';
import { browserClaims, browserResolver, sessionReader } from '../browser-library.js';

/** Names of the tracker's cookies. */
export interface SnowplowCookieOptions {
  /** The tracker's option `cookieName`. Default `_sp_`. */
  readonly prefix?: string | undefined;
}

/**
 * Reads the cookie of Snowplow's browser tracker: the domain user id, first part of the cookie `_sp_id.<4 hex>`, gives
 * the `anonymousId`, and its sixth part the `sessionId`. If several parts of a site have their own cookies, the one written last
 * counts. The tracker stores no user id and no opt-out in it: in anonymous mode it writes no cookie. A missing or broken cookie
 * gives nothing.
 */
export function fromSnowplowCookie(options: SnowplowCookieOptions = {}): BrowserResolver {
  const read = readerOf(options);
  return browserResolver('fromSnowplowCookie', (request) => {
    const parts = read(request);
    return browserClaims(parts?.[DOMAIN_USER], undefined, parts?.[SESSION]);
  });
}

/** Reads the session id of Snowplow's browser tracker, sixth part of the cookie `_sp_id.<4 hex>`, as `snowplow`. */
export function snowplowSession(options: SnowplowCookieOptions = {}): SessionReader {
  const read = readerOf(options);
  return sessionReader('snowplow', (request) => read(request)?.[SESSION]);
}

/** User, created, visits, written, visit before, session. Later parts are not read. */
const PARTS = 6;
const DOMAIN_USER = 0;
const WRITTEN = 3;
const SESSION = 5;

function readerOf({ prefix = '_sp_' }: SnowplowCookieOptions): (request: unknown) => string[] | undefined {
  const start = `${prefix}id.`;
  const fits = (name: string): boolean =>
    name.startsWith(start) && /^[\da-f]{4}$/.test(name.slice(start.length));
  return (request) => {
    let last: string[] | undefined;
    for (const name of cookieNames(request, fits)) {
      const parts = (readCookie(request, name) ?? '').split('.');
      if (parts.length < PARTS || !/^\d+$/.test(parts[WRITTEN]!)) continue;
      if (last === undefined || Number(parts[WRITTEN]) > Number(last[WRITTEN])) last = parts;
    }
    return last;
  };
}
