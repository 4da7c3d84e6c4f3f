import type { InContext } from './call-context.js';
import type { RunningCall } from './running-call.js';

/** Succeeds when the caller awaits it and it is fulfilled. A query runs for each call of `then`, so only the caller's is observed. */
export function watchThenable(call: RunningCall, thenable: PromiseLike<unknown>, inContext: InContext): void {
  // eslint-disable-next-line typescript/unbound-method -- called on whatever `this` the caller has
  const { then } = thenable;
  const watched = function (this: unknown, fulfilled?: unknown, rejected?: unknown): unknown {
    const onFulfilled = (value: unknown): unknown => {
      const committed = inContext(() => call.succeeded(value));
      const pass = (): unknown =>
        typeof fulfilled === 'function' ? (fulfilled as (value: unknown) => unknown)(value) : value;
      return committed === undefined ? pass() : committed.then(pass);
    };
    return Reflect.apply(then, this, [onFulfilled, rejected]);
  };
  // The outcome of a frozen one stays unknown, and records nothing.
  // eslint-disable-next-line unicorn/no-thenable -- it is one already
  Reflect.defineProperty(thenable, 'then', { value: watched, configurable: true, writable: true });
}
