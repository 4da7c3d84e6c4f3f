import type { BrowserResolver } from '../../event/identity.js';
import { readCookie } from '../../request/read-cookie.js';
import { browserClaims, browserResolver, cookieJson } from '../browser-library.js';

/**
 * Reads the cookies of Segment's analytics.js, and of Customer.io's library, which writes the same ones.
 * `ajs_anonymous_id` gives the `anonymousId`. `ajs_user_id` is a claim of the client and never becomes a `userId`; it
 * is only compared with the verified user. A missing or broken cookie gives nothing.
 */
export function fromSegmentCookies(): BrowserResolver {
  return browserResolver('fromSegmentCookies', (request) =>
    browserClaims(plain(readCookie(request, 'ajs_anonymous_id')), plain(readCookie(request, 'ajs_user_id'))),
  );
}

/** Older libraries wrote JSON. Only JSON strings are decoded: an id of digits is used as it is. */
function plain(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const value = cookieJson(text);
  return typeof value === 'string' ? value : text;
}
