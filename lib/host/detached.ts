import { AsyncResource } from 'node:async_hooks';

/** What was around when this module was loaded: no request. It is no handle: Jest's `--detectOpenHandles` asks by this name. */
class OutsideOfRequests extends AsyncResource {
  hasRef(): boolean {
    return false;
  }
}

const outside = new OutsideOfRequests('nestjs-tracking');

/**
 * Runs `fn` outside of every request's async context. Timers and sockets of the delivery are often armed while a request
 * runs; without this they would keep that request's context alive, and hang our requests into its trace.
 */
export function detached<T>(fn: () => T): T {
  return outside.runInAsyncScope(fn);
}
