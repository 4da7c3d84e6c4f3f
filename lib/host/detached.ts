import { AsyncResource } from 'node:async_hooks';

/**
 * The async context when this module was loaded, without a request. The name tells Jest's `--detectOpenHandles` that it is no
 * open handle.
 */
class OutsideOfRequests extends AsyncResource {
  hasRef(): boolean {
    return false;
  }
}

const outside = new OutsideOfRequests('nestjs-tracking');

/**
 * Runs `fn` outside of every request's async context. Timers and sockets of the delivery often start while a request runs. They
 * would keep its context alive, and add our requests to its trace.
 */
export function detached<T>(fn: () => T): T {
  return outside.runInAsyncScope(fn);
}
