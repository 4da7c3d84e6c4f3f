import type { BrowserResolver } from '../../event/identity.js';
import { readCookie } from '../../request/read-cookie.js';
import { MAX_PERSON_LENGTH } from './admission.js';
import { browserResolver } from '../browser-library.js';

/** Base64 of 20 bytes, as the browser library makes anonymous ids (seen in public repositories; not documented). */
const ANONYMOUS_ID = /^[A-Za-z0-9+/]{27}=$/;

/**
 * Reads the cookies of the KISSmetrics browser library. `km_ai` gives the `anonymousId` while it looks like one: after
 * an identify in the browser the same cookie holds the person's name. `km_ni`, that name, is a claim of the client and
 * never becomes a `userId`; it is only compared with the verified user. A missing or broken cookie gives nothing.
 */
export function fromKissmetricsCookies(): BrowserResolver {
  return browserResolver('fromKissmetricsCookies', (request) => {
    const anonymousId = readCookie(request, 'km_ai');
    const claimed = readCookie(request, 'km_ni');
    return {
      ...(anonymousId !== undefined && ANONYMOUS_ID.test(anonymousId) && { anonymousId }),
      ...(claimed !== undefined && isName(claimed) && { claimedUserId: claimed }),
    };
  });
}

/** A client may put anything there. */
function isName(text: string): boolean {
  return text !== '' && text.length <= MAX_PERSON_LENGTH && !/\p{Cc}/u.test(text);
}
