import { AsyncLocalStorage } from 'node:async_hooks';

const outsideOfRequests = AsyncLocalStorage.snapshot();

/**
 * Runs `fn` outside of every request's async context. Timers and sockets of the delivery are often armed while a request
 * runs; without this they would keep that request's context alive, and hang our requests into its trace.
 */
export function detached<T>(fn: () => T): T {
  return outsideOfRequests(fn);
}
