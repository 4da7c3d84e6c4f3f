import { checkFlag } from '../config/check-option.js';
import { clientId } from '../event/client-text.js';
import type { IdentityClaims, IdentityResolver } from '../event/identity.js';
import { checkClaimedAs, claimedAs, type ClaimedAsOptions } from './claimed-as.js';
import { isMessage } from './is-message.js';
import { readCookie, readSignedCookie } from './read-cookie.js';

/** How {@link fromCookie} reads. */
export interface FromCookieOptions extends ClaimedAsOptions {
  /**
   * True: only a value whose signature cookie-parser or @fastify/cookie has checked; both need a secret. Where neither is
   * there, the cookie gives nothing. Default false: the value as it stands there, signed or not.
   */
  readonly signed?: boolean;
}

/**
 * Reads an id from a cookie, with cookie-parser, @fastify/cookie or none. It becomes an `anonymousId`, never a `userId`,
 * unless `as` says so; then let it be a signed one, or anybody is whoever they want to be.
 *
 * Percent-decoded once, cut at 1,000 characters, without control characters. It reads no message of a microservice, whose
 * `cookies` are what its sender wrote.
 *
 * @throws TrackingConfigError for a name or option that cannot be
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
