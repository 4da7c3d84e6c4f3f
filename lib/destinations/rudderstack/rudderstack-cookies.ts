import type { BrowserResolver } from '../../event/identity.js';
import type { SessionReader } from '../../event/session-reader.js';
import { readCookie } from '../../request/read-cookie.js';
import {
  base64Text,
  browserClaims,
  browserResolver,
  cookieJson,
  cookieRecord,
  percentDecoded,
  sessionReader,
} from '../browser-library.js';

/**
 * Reads the cookies of RudderStack's browser library. `rl_anonymous_id` gives the `anonymousId`, `rl_session` the
 * `sessionId`. `rl_user_id` is a claim of the client and never becomes a `userId`; it is only compared with the verified user. A
 * missing or broken cookie gives nothing, nor does one of the libraries before version 3, which encrypted it.
 */
export function fromRudderstackCookies(): BrowserResolver {
  return browserResolver('fromRudderstackCookies', (request) =>
    browserClaims(
      cookieJson(read(request, 'rl_anonymous_id')),
      cookieJson(read(request, 'rl_user_id')),
      sessionIn(request),
    ),
  );
}

/** Reads the session id of RudderStack's browser library from `rl_session`, as `rudderstack`. */
export function rudderstackSession(): SessionReader {
  return sessionReader('rudderstack', sessionIn);
}

function sessionIn(request: unknown): unknown {
  return cookieRecord(read(request, 'rl_session'))?.['id'];
}

const ENCODED = 'RS_ENC_v3_';

function read(request: unknown, name: string): string {
  const text = percentDecoded(readCookie(request, name) ?? '');
  return text.startsWith(ENCODED) ? base64Text(text.slice(ENCODED.length)) : '';
}
