import type { BrowserResolver } from '../../event/identity.js';
import type { SessionReader } from '../../event/session-reader.js';
import { readCookie } from '../../request/read-cookie.js';
import { browserClaims, browserResolver, readProjectCookie, sessionReader } from '../browser-library.js';

/** Names of the tag's cookies. */
export interface GoogleAnalyticsCookieOptions {
  /** The tag's option `cookie_prefix`; the cookie is then `<prefix>_ga`. Default: none. */
  readonly prefix?: string | undefined;
}

/** Selects the property's session cookie. */
export interface GoogleAnalyticsSessionOptions extends GoogleAnalyticsCookieOptions {
  /** Such as `G-ABC123`. Without it, the cookie is read only if the request has one of this kind. */
  readonly measurementId?: string | undefined;
}

/**
 * Reads the cookies of Google's tag: the client id in the cookie `_ga`, its last two parts, gives the `anonymousId`, and the
 * session in `_ga_<measurement id>` the `sessionId`. The tag stores no user id and no opt-out: without consent it writes no
 * cookie. A missing or broken cookie returns nothing.
 */
export function fromGoogleAnalyticsCookie(options: GoogleAnalyticsSessionOptions = {}): BrowserResolver {
  const name = `${options.prefix ?? ''}_ga`;
  const session = sessionOf(options);
  return browserResolver('fromGoogleAnalyticsCookie', (request) =>
    browserClaims(CLIENT.exec(readCookie(request, name) ?? '')?.[1], undefined, session(request)),
  );
}

/** Reads the session id of Google Analytics 4 from `_ga_<measurement id>`, in its old and new form, as `googleAnalytics`. */
export function googleAnalyticsSession(options: GoogleAnalyticsSessionOptions = {}): SessionReader {
  return sessionReader('googleAnalytics', sessionOf(options));
}

function sessionOf({
  prefix = '',
  measurementId,
}: GoogleAnalyticsSessionOptions): (request: unknown) => string | undefined {
  const start = `${prefix}_ga_`;
  const name = measurementId && start + measurementId.replace(/^G-/, '');
  const isOfKind = (cookie: string): boolean =>
    cookie.startsWith(start) && /^[\dA-Z]+$/.test(cookie.slice(start.length));
  return (request) => sessionIn(readProjectCookie(request, name, isOfKind) ?? '');
}

const CLIENT = /^GA\d+\.[\d-]+\.(\d+\.\d+|amp-[\w-]+)$/;

/** `GS1.1.<session>.<count>.…`, since 2025 `GS2.1.s<session>$o<count>$…` with its parts in any order. */
function sessionIn(text: string): string | undefined {
  const [, version, parts] = /^GS(\d+)\.\d+\.(.+)$/.exec(text) ?? [];
  if (parts === undefined) return undefined;
  const session =
    version === '1'
      ? parts.split('.', 1)[0]
      : parts
          .split('$')
          .find((part) => part.startsWith('s'))
          ?.slice(1);
  return session !== undefined && /^\d{1,20}$/.test(session) ? session : undefined;
}
