import type { RequestScope } from '../identity/scope/request-scope.js';
import { contextOfCall } from './call-context.js';

/** An event that waits for the outcome of a request. */
export interface Waiting {
  /** The request was answered with success, or its client left early. Never throws. */
  settle(): void;
}

/**
 * Settles when the response has finished, or closed early, unless its status is 400 or above: then the events are dropped. Listens
 * once per request.
 *
 * @param response Node's own: Express' response, or the `raw` of Fastify's reply
 */
export function whenAnswered(scope: RequestScope, response: NodeResponse, event: Waiting): void {
  if (isOver(response)) {
    if (!failed(response)) event.settle();
    return;
  }
  // Kept on the scope: Express' responses take microseconds for each new property, and so does a WeakMap of them.
  const others = scope.waiting as Waiting[] | undefined;
  if (others !== undefined) {
    others.push(event);
    return;
  }
  scope.waiting = [event];
  // Listeners run in the async context of the socket; the application's hooks expect that of the request.
  const inContext = contextOfCall();
  const decide = (): void => {
    const events = scope.waiting as Waiting[] | undefined;
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

function settleAll(events: readonly Waiting[]): void {
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
