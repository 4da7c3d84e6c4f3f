import type { IdentityResolver } from '../../event/identity.js';
import type { SessionReader } from '../../event/session-reader.js';
import { cookieNames, readCookie } from '../../identity/read-cookie.js';
import { browserClaims } from '../browser-claims.js';
import { sessionOf } from '../browser-session.js';
import { ofBrowser } from '../of-browser.js';

/** How the site's tracker was told to name its cookies. */
export interface SnowplowCookieOptions {
  /** What the tracker was given as `cookieName`. Default `_sp_`. */
  readonly prefix?: string | undefined;
}

/**
 * Reads what Snowplow's browser tracker left in a request: the domain user id, first part of the cookie `_sp_id.<4 hex>`,
 * gives the `anonymousId`. Where several parts of a site have a cookie each, it is the one that was written last. The
 * tracker keeps no user id in it, and no word of an opt-out: in anonymous mode it writes no cookie. A missing or broken
 * cookie gives nothing.
 */
export function fromSnowplowCookie(options: SnowplowCookieOptions = {}): IdentityResolver {
  const read = readerOf(options);
  return ofBrowser(function fromSnowplowCookie(request: unknown) {
    return browserClaims(read(request)?.[0]);
  });
}

/** Reads the session id of Snowplow's browser tracker, sixth part of the cookie `_sp_id.<4 hex>`, as `snowplow`. */
export function snowplowSession(options: SnowplowCookieOptions = {}): SessionReader {
  const read = readerOf(options);
  return function snowplowSession(request: unknown) {
    return sessionOf('snowplow', read(request)?.[5]);
  };
}

/** User, created, visits, written, visit before, session; then what is not read. */
const PARTS = 6;
const WRITTEN = 3;

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
