import type { ExecutionContext } from '@nestjs/common';
import { isResponse } from './is-message.js';

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
