import type { ExecutionContext } from '@nestjs/common';

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
