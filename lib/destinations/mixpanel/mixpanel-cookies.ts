import type { BrowserResolver } from '../../event/identity.js';
import type { UnknownObject } from '../../event/json-values.js';
import { readCookie } from '../../request/read-cookie.js';
import { browserClaims, browserResolver, cookieRecord, readProjectCookie } from '../browser-library.js';

/** Selects the project's cookie. */
export interface MixpanelCookieOptions {
  /** The project's token. Without it, the cookie is read only if the request has one of this kind. */
  readonly token?: string | undefined;
  /** The browser library's option `persistence_name`; the cookie is then `mp_<persistenceName>`. */
  readonly persistenceName?: string | undefined;
}

/**
 * Reads the cookie of mixpanel-browser: `mp_<token>_mixpanel`. Its `$device_id` gives the `anonymousId`. Its `$user_id`
 * is a claim of the client and never becomes a `userId`; it is only compared with the verified user.
 *
 * A browser that has opted out (`__mp_opt_in_out_<token>` is `0`) gives nothing, as does a missing or broken cookie,
 * and one that keeps everything in localStorage.
 */
export function fromMixpanelCookie(options: MixpanelCookieOptions = {}): BrowserResolver {
  const { token, persistenceName } = options;
  const name = persistenceName ?? (token === undefined ? undefined : `${token}_mixpanel`);
  return browserResolver('fromMixpanelCookie', (request) => {
    if (token !== undefined && readCookie(request, `__mp_opt_in_out_${token}`) === '0') return undefined;
    const kept = cookieRecord(readProjectCookie(request, name && `mp_${name}`, isCookie));
    return kept === undefined ? undefined : browserClaims(deviceOf(kept), kept['$user_id']);
  });
}

const isCookie = (name: string): boolean => /^mp_.+_mixpanel$/.test(name);
const DEVICE = '$device:';

/** Older versions have the device in `distinct_id` only. */
function deviceOf({ $device_id: device, distinct_id: distinct }: UnknownObject): unknown {
  if (device !== undefined) return device;
  return typeof distinct === 'string' && distinct.startsWith(DEVICE)
    ? distinct.slice(DEVICE.length)
    : undefined;
}
