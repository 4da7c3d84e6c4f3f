import { clientId } from '../../event/client-text.js';
import type { IdentityClaims, IdentityResolver } from '../../event/identity.js';
import { checkClaimedAs, claimedAs, type ClaimedAsOptions } from './claimed-as.js';
import { isMessage } from '../../request/handler-request.js';
import { readSingleHeader } from '../../request/read-header.js';

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
