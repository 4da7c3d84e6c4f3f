import type { ExecutionContext } from '@nestjs/common';
import { guarded } from '../../host/guarded.js';
import { isMessage } from '../../request/handler-request.js';
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
