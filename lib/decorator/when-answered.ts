import { AsyncResource } from 'node:async_hooks';
import type { RequestScope, WaitingEvent } from '../identity/scope/request-scope.js';

/**
 * Settles when the response has finished, or closed early, unless its status is 400 or above: then the events are dropped. Listens
 * once per request.
 *
 * @param response Node's own: Express' response, or the `raw` of Fastify's reply
 */
export function whenAnswered(scope: RequestScope, response: NodeResponse, event: WaitingEvent): void {
  if (isOver(response)) {
    if (!failed(response)) event.settle();
    return;
  }
  // Kept on the scope: Express' responses take microseconds for each new property, and so does a WeakMap of them.
  if (scope.waiting !== undefined) {
    scope.waiting.push(event);
    return;
  }
  scope.waiting = [event];
  // Listeners run in the async context of the socket; the application's hooks expect that of the request.
  const inContext = contextOfCall();
  const decide = (): void => {
    const events = scope.waiting;
    if (events === undefined) return;
    scope.waiting = undefined;
    if (!failed(response)) inContext(() => settleAll(events));
  };
  response.on('finish', decide);
  response.on('close', decide);
}

/** The part of `http.ServerResponse` that is used, also HTTP/2's. */
export interface NodeResponse {
  readonly statusCode: number;
  readonly finished: boolean;
  readonly writableFinished?: boolean;
  readonly destroyed?: boolean;
  readonly stream?: { readonly destroyed?: boolean };
  on(event: 'finish' | 'close', listener: () => void): unknown;
}

function settleAll(events: readonly WaitingEvent[]): void {
  for (const event of events) event.settle();
}

function isOver(response: NodeResponse): boolean {
  const { destroyed } = response;
  // HTTP/2's has a stream instead.
  if (destroyed === undefined) return response.stream?.destroyed === true;
  return destroyed || (response.finished && response.writableFinished === true);
}

function failed(response: NodeResponse): boolean {
  return response.statusCode >= 400;
}

/** Runs a function in the async context of the call, wherever the result is consumed. */
export type InContext = <T>(fn: () => T) => T;

/** Keeps the running async context. Not `AsyncResource.bind()`, which is many times slower. */
export function contextOfCall(): InContext {
  const context = new AsyncResource('nestjs-tracking');
  return (fn) => context.runInAsyncScope(fn);
}
