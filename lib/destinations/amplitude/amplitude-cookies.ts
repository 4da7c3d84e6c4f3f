import type { BrowserResolver } from '../../event/identity.js';
import type { UnknownObject } from '../../event/json-values.js';
import type { SessionReader } from '../../event/session-reader.js';
import {
  base64Text,
  browserClaims,
  browserResolver,
  cookieRecord,
  percentDecoded,
  readProjectCookie,
  sessionReader,
} from '../browser-library.js';

/** Selects the project's cookie. */
export interface AmplitudeCookieOptions {
  /** The project's API key. Without it, the cookie is read only if the request has one of this kind. */
  readonly apiKey?: string | undefined;
}

/**
 * Reads the cookie of Amplitude's browser library: `AMP_<first 10 characters of the API key>`, else the older
 * `amp_<first 6>`. Its device id gives the `anonymousId`, and its session the `sessionId`. Its user id is a claim of the client and
 * never becomes a `userId`; it is only compared with the verified user.
 *
 * A browser that has opted out (`optOut` in the cookie) gives nothing, as does a missing or broken cookie.
 */
export function fromAmplitudeCookie(options: AmplitudeCookieOptions = {}): BrowserResolver {
  return browserResolver('fromAmplitudeCookie', (request) => {
    const kept = read(request, options);
    return kept === undefined
      ? undefined
      : browserClaims(kept['deviceId'], kept['userId'], kept['sessionId']);
  });
}

/** Reads the session id of Amplitude's browser library, the epoch milliseconds of its start, as `amplitude`. */
export function amplitudeSession(options: AmplitudeCookieOptions = {}): SessionReader {
  return sessionReader('amplitude', (request) => read(request, options)?.['sessionId']);
}

const isCookie = (name: string): boolean => /^AMP_[\dA-Za-z]{10}$/.test(name);
const isOlderCookie = (name: string): boolean => /^amp_[\dA-Za-z]{6}$/.test(name);

function read(request: unknown, { apiKey }: AmplitudeCookieOptions): UnknownObject | undefined {
  const text = readProjectCookie(request, apiKey && `AMP_${apiKey.slice(0, 10)}`, isCookie);
  // Base64 of percent-encoded JSON; some frameworks percent-encode it once more.
  const kept = text === undefined ? older(request, apiKey) : cookieRecord(base64Text(percentDecoded(text)));
  return kept?.['optOut'] === true ? undefined : kept;
}

/** `<device>.<base64 of the user>.<1 for opted out>.<session, base 32>.…` */
function older(request: unknown, apiKey: string | undefined): UnknownObject | undefined {
  const text = readProjectCookie(request, apiKey && `amp_${apiKey.slice(0, 6)}`, isOlderCookie);
  if (text === undefined) return undefined;
  const [deviceId, user = '', optOut, session = ''] = text.split('.', 5);
  return {
    deviceId,
    userId: base64Text(user),
    optOut: optOut === '1',
    sessionId: Number.parseInt(session, 32),
  };
}
