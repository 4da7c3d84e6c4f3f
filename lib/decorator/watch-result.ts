import { isObservable } from 'rxjs';
import { contextOfCall, type InContext } from './call-context.js';
import { isNativePromise, observe } from './native-promise.js';
import type { RunningCall } from './running-call.js';
import { watchIterable } from './watch-iterable.js';
import { watchObservable } from './watch-observable.js';
import { watchThenable } from './watch-thenable.js';

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
  if (!call.isResponse(result) && isObservable(result)) {
    return watchObservable(call, result, contextOfCall());
  }
  watchObject(call, result);
  return result;
}

/** The first form that the object has decides. With an answer to the request, a stream is its body and ends with it. */
function watchObject(call: RunningCall, result: object): void {
  if (call.isResponse(result)) {
    call.succeededAtOnce(result);
  } else if (isThenable(result)) {
    watchThenable(call, result, contextOfCall());
  } else if (call.awaitsAnswer) {
    call.succeededAtOnce(result);
  } else if (isReadable(result)) {
    watchReadable(call, result, contextOfCall());
  } else if (isAsyncIterable(result)) {
    watchIterable(call, result, contextOfCall());
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

function watchReadable(call: RunningCall, stream: Readable, inContext: InContext): void {
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
