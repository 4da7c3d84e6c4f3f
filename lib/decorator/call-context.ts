import { AsyncResource } from 'node:async_hooks';

/** Runs a function in the async context of the call, wherever the result is consumed. */
export type InContext = <T>(fn: () => T) => T;

/** Keeps the running async context. Not `AsyncResource.bind()`, which is many times slower. */
export function contextOfCall(): InContext {
  const context = new AsyncResource('nestjs-tracking');
  return (fn) => context.runInAsyncScope(fn);
}
