import { clientId } from '../event/client-text.js';
import type { IdentityClaims, IdentityResolver } from '../event/identity.js';
import { checkClaimedAs, claimedAs, type ClaimedAsOptions } from './claimed-as.js';
import { isMessage } from './is-message.js';
import { readSingleHeader } from './read-header.js';

/**
 * Reads an id from a header, whatever its case: of an HTTP request on Express or Fastify, of the one that GraphQL's context
 * holds, of a socket's handshake. It becomes an `anonymousId`, never a `userId`, unless `as` says so; then let a gateway
 * remove the header from what clients send, or anybody is whoever they want to be.
 *
 * Cut at 1,000 characters, without control characters. A header that was sent several times with different values gives
 * nothing. It reads no message of a microservice, whose `headers` are what its sender wrote.
 *
 * @throws TrackingConfigError for a name or `as` that cannot be
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
