import type { ExecutionContext } from '@nestjs/common';

/**
 * Whether a handler was given a message, whose `user`, `headers` and all else are what its sender wrote. Only what is known
 * to be no message is none: HTTP, a socket, GraphQL, and a request that no handler has been found for yet. Packages bring
 * kinds of their own, such as `rmq`; and those that name none are called `http` by Nest.
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

/** A message's second argument may be anything that a package has at hand; but JSON brings no methods along. */
export function isResponse(it: unknown): boolean {
  if (typeof it !== 'object' || it === null) return false;
  const { setHeader, writeHead, raw } = it as MaybeResponse;
  if (typeof setHeader === 'function' || typeof writeHead === 'function') return true;
  return typeof raw === 'object' && raw !== null && typeof raw.setHeader === 'function';
}

/** Express' and Node's, or Fastify's around Node's. */
interface MaybeResponse {
  readonly setHeader?: unknown;
  readonly writeHead?: unknown;
  readonly raw?: { readonly setHeader?: unknown } | null;
}
