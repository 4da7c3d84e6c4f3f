import type { BrowserResolver } from '../../event/identity.js';
import { readCookie } from '../../request/read-cookie.js';
import { browserClaims, browserResolver } from '../browser-library.js';

/**
 * Reads the cookies of Jitsu's browser library. `__eventn_id` gives the `anonymousId`. `__eventn_uid` is a claim of the
 * client and never becomes a `userId`; it is only compared with the verified user. A missing or broken cookie gives
 * nothing.
 */
export function fromJitsuCookies(): BrowserResolver {
  return browserResolver('fromJitsuCookies', (request) =>
    browserClaims(readCookie(request, '__eventn_id'), readCookie(request, '__eventn_uid')),
  );
}
