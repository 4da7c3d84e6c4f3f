import type { InContext } from './call-context.js';
import type { RunningCall } from './running-call.js';

/**
 * Succeeds when somebody awaits it and it is fulfilled. A query builder runs once for each `then`: so we call none, and look
 * on at the caller's.
 */
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
  // One that is frozen cannot be looked at: nobody knows how it ends, and a success would be a guess.
  // eslint-disable-next-line unicorn/no-thenable -- it is one already
  Reflect.defineProperty(thenable, 'then', { value: watched, configurable: true, writable: true });
}
