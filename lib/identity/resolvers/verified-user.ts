import type { ExecutionContext } from '@nestjs/common';
import { badOption, checkFunction } from '../../config/check-option.js';
import type { Id, IdentityClaims, IdentityInput, IdentityResolver } from '../../event/identity.js';
import { guarded } from '../../host/guarded.js';
import { isMessage } from '../../request/handler-request.js';
import { isIdentity, isUnusableId, normaliseId } from '../normalise-identity.js';
import type { RequestScope } from '../scope/request-scope.js';

/**
 * The user that the application has verified. Applications keep it here:
 *
 * - HTTP: `request.user`
 * - GraphQL: `context.req.user`; over WebSocket `extra.user`, which `onConnect` sets; else `context.user`, unless the client
 *   sent that with its connection
 * - WebSocket: `client.user`, `client.data.user`, or that of the handshake (`client.handshake.user`, `client.request.user`)
 *
 * A message has no verified user, because its sender chooses its `user`.
 */
export function verifiedUser(request: unknown, context: ExecutionContext | undefined): unknown {
  return isMessage(context) ? undefined : userOf(request, context);
}

/** As {@link verifiedUser}, but also reads the `user` of a message. Only for an application that trusts its messages. */
export function userOf(request: unknown, context: ExecutionContext | undefined): unknown {
  const user = (request as MaybeUser | null | undefined)?.user;
  if ((user !== undefined && user !== null) || context === undefined) return user;
  switch (context.getType<string>()) {
    case 'ws':
      return ofSocket(request as MaybeSocket | null | undefined);
    case 'graphql':
      return ofGraphql(context.getArgByIndex<MaybeGraphql | null | undefined>(2));
    default:
      return user;
  }
}

/** A client cannot set any of these: it sends `handshake.auth`, `handshake.query` and messages. */
function ofSocket(client: MaybeSocket | null | undefined): unknown {
  return client?.data?.user ?? client?.handshake?.user ?? client?.request?.user;
}

function ofGraphql(graphql: MaybeGraphql | null | undefined): unknown {
  if (graphql === undefined || graphql === null) return undefined;
  const { req, request, user } = graphql;
  const known = req?.user ?? req?.extra?.user ?? req?.extra?.request?.user ?? request?.user;
  if (known !== undefined && known !== null) return known;
  // Some applications copy the members that the client sent into their context.
  const claims = [graphql.connectionParams, req?.connectionParams, graphql._connectionInit];
  return claims.some((claim) => claim?.user === user) ? undefined : user;
}

/** A longer list does not help, and a text that is not a member name may be a value. */
const MAX_MEMBERS = 10;
const MEMBER = /^[\w$:/.#@-]{1,60}$/;

/** The member names of a verified user, never the values; empty without a user. Never throws. */
export function membersOfUser({ request, context }: RequestScope): string[] {
  const names = guarded(() => {
    const user = verifiedUser(request, context);
    return typeof user === 'object' && user !== null ? Object.keys(user) : [];
  });
  return (names ?? []).filter((name) => MEMBER.test(name)).slice(0, MAX_MEMBERS);
}

interface MaybeUser {
  readonly user?: unknown;
}

interface MaybeSocket {
  /** socket.io: data that the server keeps about a client. */
  readonly data?: MaybeUser | null;
  readonly handshake?: MaybeUser | null;
  /** The upgrade request. Session middleware of socket.io's engine sets its user. */
  readonly request?: MaybeUser | null;
}

interface MaybeGraphql extends MaybeUser {
  /** Of HTTP; for a subscription, the context of graphql-ws, unless the application creates another. */
  readonly req?:
    | (MaybeUser & {
        readonly connectionParams?: MaybeUser | null;
        readonly extra?: (MaybeUser & { readonly request?: MaybeUser | null }) | null;
      })
    | null;
  /** Mercurius: the upgrade request. */
  readonly request?: MaybeUser | null;
  readonly connectionParams?: MaybeUser | null;
  readonly _connectionInit?: MaybeUser | null;
}

/**
 * Reads the person from `request.user`, which guards and Passport set to the verified user; for a socket from
 * `client.user` or `client.data.user`; for a GraphQL subscription from `extra.user`, which `onConnect` sets.
 *
 * Without `fn` it takes the first usable id of the user's `id`, `sub`, `userId` and `_id`. It does not read messages of
 * a microservice or a queue, because their sender chooses the `user`. With `fn` it takes the result of `fn`: an id, `{
 * userId, anonymousId }`, or `undefined` if there is no person. `fn` is not called without a user.
 *
 * @example
 * fromRequestUser((user: Account) => user.accountId)
 */
export function fromRequestUser(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every application has its own user and request
  fn?: (user: any, request: any) => Id | IdentityInput | null | undefined,
): IdentityResolver {
  return function fromRequestUser(request: unknown, context): IdentityClaims | undefined {
    const user = fn === undefined ? verifiedUser(request, context) : userOf(request, context);
    if (user === undefined || user === null) return undefined;
    if (fn === undefined) return { userId: usualId(user) };
    const found = fn(user, request);
    if (found === undefined || found === null) return undefined;
    return typeof found === 'object' && isIdentity(found) ? found : { userId: found };
  };
}

function usualId(user: unknown): Id | undefined {
  // A string has a member `sub`, too.
  if (typeof user !== 'object') return undefined;
  const { id, sub, userId, _id } = user as Record<string, Id>;
  const ids = [id, sub, userId, _id];
  return ids.find((each) => normaliseId(each) !== undefined) ?? ids.find(isUnusableId);
}

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
