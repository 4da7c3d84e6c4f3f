import { isNativePromise, observe } from './native-promise.js';
import { contextOfCall } from './when-answered.js';
import type { RunningCall } from './running-call.js';

type Step = (this: unknown, ...args: unknown[]) => unknown;
type Iterator = Partial<Record<'next' | 'return', Step>>;

/** Succeeds when it ends, or the caller leaves it after at least one value. Only the caller iterates. */
export function watchIterable(call: RunningCall, iterable: AsyncIterable<unknown>): void {
  const inContext = contextOfCall();
  const ended = (): void => inContext(() => call.succeededAtOnce(iterable));
  // A generator is its own iterator, and may be stepped by hand.
  if (typeof (iterable as Iterator).next === 'function') {
    watchSteps(iterable as Iterator, ended);
    return;
  }
  const iterate = iterable[Symbol.asyncIterator] as (this: unknown) => Iterator;
  const value = function (this: unknown): Iterator {
    const iterator = iterate.call(this);
    watchSteps(iterator, ended);
    return iterator;
  };
  Object.defineProperty(iterable, Symbol.asyncIterator, { value, configurable: true, writable: true });
}

function watchSteps(iterator: Iterator, ended: () => void): void {
  let seen = false;
  watchStep(iterator, 'next', (done) => {
    if (done) ended();
    else seen = true;
  });
  watchStep(iterator, 'return', () => {
    if (seen) ended();
  });
}

function watchStep(iterator: Iterator, name: 'next' | 'return', saw: (done: boolean) => void): void {
  const step = iterator[name];
  if (typeof step !== 'function') return;
  const value: Step = function (this: unknown, ...args) {
    const promise = step.apply(this, args);
    if (isNativePromise(promise))
      observe(promise, (result) => saw((result as { done?: boolean })?.done === true));
    return promise;
  };
  Object.defineProperty(iterator, name, { value, configurable: true, writable: true });
}
