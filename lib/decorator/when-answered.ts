import { contextOfCall } from './call-context.js';

/** What waits for the outcome of a request. */
export interface Waiting {
  /** The request was answered with success, or its client left early. Never throws. */
  settle(): void;
}

const waiting = new WeakMap<object, Waiting[]>();

/**
 * Settles once the response has finished, or closed early, unless it carries a status of 400 or above: then nothing of what
 * waits has happened. Listens once per response, whatever the number of events.
 *
 * @param response Node's own: Express' response, or the `raw` of Fastify's reply
 */
export function whenAnswered(response: NodeResponse, event: Waiting): void {
  if (isOver(response)) {
    if (!failed(response)) event.settle();
    return;
  }
  const others = waiting.get(response);
  if (others !== undefined) {
    others.push(event);
    return;
  }
  waiting.set(response, [event]);
  // The listeners run in the async context of whoever created the socket; the application's hooks expect the request's.
  const inContext = contextOfCall();
  const decide = (): void => {
    const events = waiting.get(response);
    if (events === undefined) return;
    waiting.delete(response);
    if (!failed(response)) inContext(() => settleAll(events));
  };
  response.once('finish', decide);
  response.once('close', decide);
}

/** What is needed of `http.ServerResponse`, and there of HTTP/2's. */
export interface NodeResponse {
  readonly statusCode: number;
  readonly writableFinished?: boolean;
  readonly closed?: boolean;
  readonly destroyed?: boolean;
  readonly stream?: { readonly destroyed?: boolean };
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

function settleAll(events: readonly Waiting[]): void {
  for (const event of events) event.settle();
}

function isOver(response: NodeResponse): boolean {
  return (
    response.writableFinished === true ||
    response.closed === true ||
    response.destroyed === true ||
    response.stream?.destroyed === true
  );
}

function failed(response: NodeResponse): boolean {
  return response.statusCode >= 400;
}
