import { types } from 'node:util';
import { concatWith, defer, from, ignoreElements, isObservable, type Observable, tap } from 'rxjs';
import type { RunningCall } from './running-call.js';
import { contextOfCall } from './when-answered.js';

/**
 * Reports the success of the result to the call, and returns the result for the caller: the same one, except for an Observable
 * and for the promise of a durable event.
 */
export function watchResult(call: RunningCall, result: unknown): unknown {
  if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
    call.succeededAtOnce(result);
    return result;
  }
  if (isNativePromise(result)) return watchPromise(call, result);
  if (!call.isResponse(result) && isObservable(result)) return watchObservable(call, result);
  watchObject(call, result);
  return result;
}

/** The first form that the object has decides. With an answer to the request, a stream is its body and ends with it. */
function watchObject(call: RunningCall, result: object): void {
  if (call.isResponse(result)) {
    call.succeededAtOnce(result);
  } else if (isThenable(result)) {
    watchThenable(call, result);
  } else if (call.awaitsAnswer) {
    call.succeededAtOnce(result);
  } else if (isReadable(result)) {
    watchReadable(call, result);
  } else if (isAsyncIterable(result)) {
    watchIterable(call, result);
  } else {
    call.succeededAtOnce(result);
  }
}

function watchPromise(call: RunningCall, promise: Promise<unknown>): unknown {
  if (call.event.options.durable !== true) {
    // Not the derived promise: if the caller drops the result, its rejection would be unhandled.
    observe(promise, (value) => void call.succeeded(value));
    return promise;
  }
  return promise.then((value) => {
    const committed = call.succeeded(value);
    return committed === undefined ? value : committed.then(() => value);
  });
}

function watchReadable(call: RunningCall, stream: Readable): void {
  const inContext = contextOfCall();
  if (stream.readableEnded === true) call.succeededAtOnce(stream);
  else stream.once('end', () => inContext(() => call.succeededAtOnce(stream)));
}

interface Readable {
  readonly readableEnded?: boolean;
  once(event: 'end', listener: () => void): unknown;
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown }).then === 'function';
}

/** By its methods, because libraries bring their own copy of Node's streams. A response can be piped, but not read. */
function isReadable(value: object): value is Readable {
  const { read, pipe, once } = value as { read?: unknown; pipe?: unknown; once?: unknown };
  return typeof read === 'function' && typeof pipe === 'function' && typeof once === 'function';
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof (value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] === 'function';
}

/**
 * Succeeds with the last value when it completes, or is unsubscribed after at least one value. The first subscription that ends
 * counts. Only the caller subscribes.
 */
function watchObservable(call: RunningCall, source: Observable<unknown>): Observable<unknown> {
  const inContext = contextOfCall();
  return defer(() => {
    let last: unknown;
    let seen = false;
    let committed: Promise<void> | undefined;
    const succeeded = (): void => {
      committed = inContext(() => call.succeeded(last));
    };
    const watched = from(source).pipe(
      tap({
        next: (value) => {
          last = value;
          seen = true;
        },
        complete: succeeded,
        unsubscribe: () => {
          if (seen) succeeded();
        },
      }),
    );
    if (call.event.options.durable !== true) return watched;
    // Completes only when the event is committed.
    return watched.pipe(concatWith(defer(() => from(committed ?? []).pipe(ignoreElements()))));
  });
}

/** Succeeds when the caller awaits it and it is fulfilled. A query runs for each call of `then`, so only the caller's is observed. */
function watchThenable(call: RunningCall, thenable: PromiseLike<unknown>): void {
  const inContext = contextOfCall();
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

type Step = (this: unknown, ...args: unknown[]) => unknown;
type Iterator = Partial<Record<'next' | 'return', Step>>;

/** Succeeds when it ends, or the caller leaves it after at least one value. Only the caller iterates. */
function watchIterable(call: RunningCall, iterable: AsyncIterable<unknown>): void {
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

// eslint-disable-next-line typescript/unbound-method -- called on promises of every realm
const { then } = Promise.prototype;

/**
 * Whether a value is a promise with the language's own `then`, of any realm. Another thenable may be a query that runs when its
 * `then` is called.
 */
function isNativePromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value) && (value.then === then || isOfAnotherRealm(value));
}

/** An instance of a realm's Promise itself: its prototypes are Promise.prototype, Object.prototype, null. */
function isOfAnotherRealm(promise: object): boolean {
  if (Object.hasOwn(promise, 'then')) return false;
  const prototype: unknown = Object.getPrototypeOf(promise);
  const base: unknown = Object.getPrototypeOf(prototype);
  return base !== null && Object.getPrototypeOf(base) === null;
}

/** Observes a promise without a derived promise that could be rejected. */
function observe(promise: Promise<unknown>, fulfilled: (value: unknown) => void): void {
  void then.call(promise, fulfilled, ignore);
}

function ignore(): void {}
