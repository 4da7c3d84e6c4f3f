import type { ExecutionContext } from '@nestjs/common';

/** The request and the response of any kind of handler. */
export interface Exchange {
  readonly request: unknown;
  readonly response?: unknown;
}

/**
 * The request of a handler: Express' or Fastify's, the one in GraphQL's context, a socket, or a message. For a subscription, it
 * is the upgrade request of its socket. GraphQL is recognised by its name, so that its packages need not be installed.
 */
export function exchangeOf(context: ExecutionContext): Exchange {
  if (context.getType<string>() === 'graphql') {
    const graphql = context.getArgByIndex<GraphqlContext | undefined>(2);
    return { request: upgradeOf(graphql) ?? graphql?.req ?? graphql?.request, response: graphql?.res };
  }
  if (context.getType() === 'http') {
    const response: unknown = context.getArgByIndex(1);
    return { request: context.getArgByIndex(0), response: isResponse(response) ? response : undefined };
  }
  return { request: context.getArgByIndex(0) };
}

/** Whether a handler serves one client's socket, so that all work there is on behalf of that client. */
export function isOfSocket(context: ExecutionContext): boolean {
  const type = context.getType<string>();
  if (type !== 'graphql') return type === 'ws';
  return upgradeOf(context.getArgByIndex<GraphqlContext | undefined>(2)) !== undefined;
}

function upgradeOf(graphql: GraphqlContext | undefined): unknown {
  return graphql?.req?.extra?.request;
}

interface GraphqlContext {
  /** The HTTP request. For a subscription, the driver for Apollo sets it to the context of graphql-ws. */
  readonly req?: { readonly extra?: { readonly request?: unknown } | null };
  readonly res?: unknown;
  /** Mercurius: as `req`, for a subscription. */
  readonly request?: unknown;
}

/**
 * Whether a handler got a message, whose sender chooses its `user`, `headers` and all other members. Every kind of context counts
 * as a message, except HTTP, sockets, GraphQL, and requests without a handler so far. Packages define their own kinds, such as
 * `rmq`; Nest calls a context without a kind `http`.
 */
export function isMessage(context: ExecutionContext | undefined): boolean {
  if (context === undefined) return false;
  switch (context.getType<string>()) {
    case 'ws':
    case 'graphql':
      return false;
    case 'http':
      return !isResponse(context.getArgByIndex(1));
    default:
      return true;
  }
}

/** The second argument of a message's handler may be anything, but data from JSON has no methods. */
export function isResponse(it: unknown): boolean {
  if (typeof it !== 'object' || it === null) return false;
  const { setHeader, writeHead, raw } = it as MaybeResponse;
  if (typeof setHeader === 'function' || typeof writeHead === 'function') return true;
  return typeof raw === 'object' && raw !== null && typeof raw.setHeader === 'function';
}

/** Express' or Node's response, or Fastify's reply. */
interface MaybeResponse {
  readonly setHeader?: unknown;
  readonly writeHead?: unknown;
  readonly raw?: { readonly setHeader?: unknown } | null;
}

/** Far more than any server allows. It bounds the walk through a cycle. */
const MAX_DEPTH = 100;

/** The path of a GraphQL field in the response, with aliases: `order`, `cart.items.0`. Empty for other handlers. */
export function graphqlPathOf(context: ExecutionContext | undefined): string {
  if (context?.getType<string>() !== 'graphql') return '';
  const keys: string[] = [];
  let step = context.getArgByIndex<{ path?: Step } | null | undefined>(3)?.path;
  while (step !== undefined && step !== null && keys.length < MAX_DEPTH) {
    keys.push(String(step.key));
    step = step.prev;
  }
  return keys.toReversed().join('.');
}

interface Step {
  readonly key?: unknown;
  readonly prev?: Step;
}
