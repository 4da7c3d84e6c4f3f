import { badChoice, badOption, checkFlag } from '../../config/check-option.js';
import { clientId } from '../../event/client-text.js';
import type { IdentityClaims, IdentityResolver } from '../../event/identity.js';
import { isMessage } from '../../request/handler-request.js';
import { readCookie, readSignedCookie } from '../../request/read-cookie.js';
import { readSingleHeader } from '../../request/read-header.js';

/** Options for an id that a client sends. */
export interface ClaimedAsOptions {
  /**
   * Default `'anonymousId'`, because any client can send any header and cookie. `'userId'` is for a value that the application
   * trusts, because a gateway sets it or its signature is verified.
   */
  readonly as?: 'anonymousId' | 'userId' | undefined;
}

/** @throws TrackingConfigError */
function checkClaimedAs(where: string, name: unknown, { as }: ClaimedAsOptions): void {
  if (typeof name !== 'string' || name === '') throw badOption(`${where} name`, name, 'a non-empty string');
  if (as !== undefined && as !== 'anonymousId' && as !== 'userId')
    throw badChoice(`${where} as`, as, `'anonymousId' or 'userId'`);
}

function claimedAs(id: string | undefined, { as }: ClaimedAsOptions): IdentityClaims | undefined {
  if (id === undefined) return undefined;
  return as === 'userId' ? { userId: id } : { anonymousId: id };
}

/**
 * Reads an id from a header (in any case) of an HTTP request on Express or Fastify, of the request in GraphQL's
 * context, or of a socket's handshake. It becomes an `anonymousId`, never a `userId`, unless `as` is `'userId'`; use
 * that only if a gateway removes the header from clients' requests, because any client can send it otherwise.
 *
 * Cut at 1,000 characters, without control characters. A header that was sent several times with different values is
 * ignored. It does not read messages of microservices, because their sender chooses the `headers`.
 *
 * @throws TrackingConfigError for an invalid name or `as`
 * @example
 * fromHeader('x-visitor-id')
 */
export function fromHeader(name: string, options: ClaimedAsOptions = {}): IdentityResolver {
  checkClaimedAs('fromHeader()', name, options);
  const header = name.toLowerCase();
  return function fromHeader(request: unknown, context): IdentityClaims | undefined {
    if (isMessage(context)) return undefined;
    return claimedAs(clientId(readSingleHeader(request, header)), options);
  };
}

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
