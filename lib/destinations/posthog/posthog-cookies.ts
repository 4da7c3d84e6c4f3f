import type { BrowserClaims, BrowserResolver } from '../../event/identity.js';
import { textOf, type UnknownObject } from '../../event/json-values.js';
import type { SessionReader } from '../../event/session-reader.js';
import { readCookie } from '../../request/read-cookie.js';
import { readHeader } from '../../request/read-header.js';
import {
  browserClaims,
  browserResolver,
  cookieRecord,
  readProjectCookie,
  sessionReader,
} from '../browser-library.js';

/** Selects the project's cookie. */
export interface PosthogCookieOptions {
  /** The project's token, such as `phc_…`. Without it, the cookie is read only if the request has one of this kind. */
  readonly token?: string | undefined;
  /** The browser library's option `persistence_name`; the cookie is then `ph_<persistenceName>`. */
  readonly persistenceName?: string | undefined;
}

/**
 * Reads the cookie of posthog-js: `ph_<token>_posthog`. Its `distinct_id` gives the `anonymousId` while the browser is
 * anonymous and the id looks like one that the library makes: PostHog has one kind of id for browsers and people, so
 * that anything else could name a person. After an identify in the browser it is a claim of the client: it never
 * becomes a `userId`, and is only compared with the verified user. The session in the cookie gives the `sessionId`.
 *
 * A browser that has opted out (`__ph_opt_in_out_<token>` is `0`) gives nothing, as does a missing or broken cookie,
 * and one that keeps everything in localStorage.
 */
export function fromPosthogCookie(options: PosthogCookieOptions = {}): BrowserResolver {
  return browserResolver('fromPosthogCookie', (request) => {
    const kept = read(request, options);
    return kept === undefined ? undefined : claimsOf(kept['distinct_id'], isAnonymous(kept), sessionIn(kept));
  });
}

/**
 * Reads the header `X-POSTHOG-DISTINCT-ID`, which posthog-js adds to requests to the hosts of its option
 * `__add_tracing_headers`. An id that looks like one that the library makes gives the `anonymousId`; any other is a claim of
 * the client and never becomes a `userId`. The header `X-POSTHOG-SESSION-ID` gives the `sessionId`.
 */
export function fromPosthogHeaders(): BrowserResolver {
  return browserResolver('fromPosthogHeaders', (request) =>
    claimsOf(readHeader(request, 'x-posthog-distinct-id'), true, readHeader(request, SESSION_HEADER)),
  );
}

/** Reads the session id of posthog-js, from its cookie or from the header `X-POSTHOG-SESSION-ID`, as `posthog`. */
export function posthogSession(options: PosthogCookieOptions = {}): SessionReader {
  return sessionReader('posthog', (request) => {
    const kept = read(request, options);
    return (kept && sessionIn(kept)) ?? readHeader(request, SESSION_HEADER);
  });
}

const SESSION_HEADER = 'x-posthog-session-id';
const isCookie = (name: string): boolean => /^ph_.+_posthog$/.test(name);
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

function read(request: unknown, { token, persistenceName }: PosthogCookieOptions): UnknownObject | undefined {
  if (token !== undefined && readCookie(request, `__ph_opt_in_out_${token}`) === '0') return undefined;
  const name = persistenceName ?? (token && `${inName(token)}_posthog`);
  return cookieRecord(readProjectCookie(request, name && `ph_${name}`, isCookie));
}

/** As posthog-js writes a token into the name of a cookie. */
function inName(token: string): string {
  return token.replaceAll('+', 'PL').replaceAll('/', 'SL').replaceAll('=', 'EQ');
}

function isAnonymous(kept: UnknownObject): boolean {
  const state = kept['$user_state'];
  return state === undefined ? kept['distinct_id'] === kept['$device_id'] : state === 'anonymous';
}

function claimsOf(id: unknown, anonymous: boolean, session: unknown): BrowserClaims {
  return anonymous && typeof id === 'string' && UUID.test(id)
    ? browserClaims(id, undefined, session)
    : browserClaims(undefined, id, session);
}

/** `[<last activity>, <id>, <start>]` */
function sessionIn({ $sesid: kept }: UnknownObject): string | undefined {
  const [, id] = Array.isArray(kept) ? (kept as unknown[]) : [];
  return textOf(id);
}
