import { checkFlag } from '../../config/check-option.js';
import { clientId } from '../../event/client-text.js';
import type { IdentityClaims, IdentityResolver } from '../../event/identity.js';
import { checkClaimedAs, claimedAs, type ClaimedAsOptions } from './claimed-as.js';
import { isMessage } from '../../request/handler-request.js';
import { readCookie, readSignedCookie } from '../../request/read-cookie.js';

/** Options of {@link fromCookie}. */
export interface FromCookieOptions extends ClaimedAsOptions {
  /**
   * True: only a value whose signature cookie-parser or @fastify/cookie has verified (both need a secret); without them
   * the cookie is ignored. Default false: the value as sent, signed or not.
   */
  readonly signed?: boolean | undefined;
}

/**
 * Reads an id from a cookie, with cookie-parser, @fastify/cookie or none. It becomes an `anonymousId`, never a
 * `userId`, unless `as` is `'userId'`; use that only with a signed cookie, because any client can send any other cookie.
 *
 * Percent-decoded once, cut at 1,000 characters, without control characters. It does not read messages of
 * microservices, because their sender chooses the `cookies`.
 *
 * @throws TrackingConfigError for an invalid name or option
 * @example
 * fromCookie('visitor')
 * fromCookie('account', { as: 'userId', signed: true })
 */
export function fromCookie(name: string, options: FromCookieOptions = {}): IdentityResolver {
  checkClaimedAs('fromCookie()', name, options);
  checkFlag('fromCookie() signed', options.signed);
  const read = options.signed === true ? readSignedCookie : readCookie;
  return function fromCookie(request: unknown, context): IdentityClaims | undefined {
    if (isMessage(context)) return undefined;
    return claimedAs(clientId(read(request, name)), options);
  };
}
