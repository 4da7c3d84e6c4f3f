import type { ExecutionContext } from '@nestjs/common';
import { isResponse } from './is-message.js';

/** What stands for the request, and the response, of any kind of handler. */
export interface Exchange {
  readonly request: unknown;
  readonly response?: unknown;
}

/**
 * The request of a handler: Express' or Fastify's, the one that GraphQL's context holds, a socket, or a message. A
 * subscription's is the HTTP request that became its socket. GraphQL is recognised by its word, so that its packages need not
 * be here.
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

/** Whether a handler answers one client's own socket, so that whatever goes on there is on behalf of that client. */
export function isOfSocket(context: ExecutionContext): boolean {
  const type = context.getType<string>();
  if (type !== 'graphql') return type === 'ws';
  return upgradeOf(context.getArgByIndex<GraphqlContext | undefined>(2)) !== undefined;
}

function upgradeOf(graphql: GraphqlContext | undefined): unknown {
  return graphql?.req?.extra?.request;
}

interface GraphqlContext {
  /** The HTTP request; the driver for Apollo puts the context of graphql-ws there for a subscription. */
  readonly req?: { readonly extra?: { readonly request?: unknown } | null };
  readonly res?: unknown;
  /** What Mercurius has in place of `req` for a subscription. */
  readonly request?: unknown;
}
