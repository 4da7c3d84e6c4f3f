import type { ExecutionContext } from '@nestjs/common';

/** What stands for the request, and the response, of any kind of handler. */
export interface Exchange {
  readonly request: unknown;
  readonly response?: unknown;
}

/**
 * The request of a handler: Express' or Fastify's, the one that GraphQL's context holds, a socket, or a message.
 * GraphQL is recognised by its word, so that its packages need not be here.
 */
export function exchangeOf(context: ExecutionContext): Exchange {
  if (context.getType<string>() === 'graphql') {
    const graphql = context.getArgByIndex<{ req?: unknown; res?: unknown } | undefined>(2);
    return { request: graphql?.req, response: graphql?.res };
  }
  if (context.getType() === 'http') {
    return { request: context.getArgByIndex(0), response: context.getArgByIndex(1) };
  }
  return { request: context.getArgByIndex(0) };
}
