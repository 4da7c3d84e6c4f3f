import type { ExecutionContext } from '@nestjs/common';
import { badOption, checkFunction } from '../../config/check-option.js';
import type { Id, IdentityClaims, IdentityResolver } from '../../event/identity.js';
import { isMessage } from '../../request/handler-request.js';
import { verifiedUser } from './verified-user.js';

/** Options of {@link fromJwtClaim}. */
export interface FromJwtClaimOptions {
  /** Returns the verified payload of a request, or `undefined`. Also called for messages of microservices. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every application has its own request
  readonly payload?: ((request: any) => unknown) | undefined;
}

/**
 * Reads the `userId` from a claim of a verified token. It reads the payload from `request.auth.payload`
 * (express-oauth2-jwt-bearer), `request.auth` (express-jwt), or `request.user` (Passport, @fastify/jwt, guards as in
 * Nest's documentation), and from the same places of sockets and GraphQL; the first one with the claim counts. It never
 * reads the Authorization header, because that token is not verified.
 *
 * It does not read messages of microservices, because their sender chooses `user` and `auth`, unless `payload` is
 * given.
 *
 * @param claim by its exact name, such as `sub` or `https://example.com/account`
 * @throws TrackingConfigError for a claim without a name
 * @example
 * fromJwtClaim('sub')
 * fromJwtClaim('sub', { payload: (request) => request.session.token })
 */
export function fromJwtClaim(claim: string, options: FromJwtClaimOptions = {}): IdentityResolver {
  if (typeof claim !== 'string' || claim === '')
    throw badOption('fromJwtClaim() claim', claim, 'the name of a claim');
  checkFunction('fromJwtClaim() payload', options.payload);
  const { payload } = options;
  return function fromJwtClaim(request: unknown, context): IdentityClaims | undefined {
    if (payload !== undefined) return claimOf([payload(request)], claim);
    return isMessage(context) ? undefined : claimOf(verifiedPayloads(request, context), claim);
  };
}

function verifiedPayloads(request: unknown, context: ExecutionContext | undefined): unknown[] {
  const auth = (request as { auth?: { payload?: unknown } | null } | null | undefined)?.auth;
  return [auth?.payload, auth, verifiedUser(request, context)];
}

function claimOf(payloads: readonly unknown[], claim: string): IdentityClaims | undefined {
  for (const payload of payloads) {
    if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, claim)) continue;
    const id = (payload as Record<string, unknown>)[claim];
    // An unusable id is passed on, because the reader of identities reports it.
    if (id !== undefined && id !== null && id !== '') return { userId: id as Id };
  }
  return undefined;
}
