import { gzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { OutgoingRequest } from '../../destinations/destination.js';
import { Exchange } from './exchange.js';
import { LaneAgent, type LaneAgentOptions } from './lane-agent.js';
import { checkPath, outgoingHeaders } from './outgoing-headers.js';
import type { AttemptResult } from '../reading.js';

/** The registry of `@opentelemetry/api` (1.x), and the context key that its SDK reads before it makes a span. */
const API = Symbol.for('opentelemetry.js.api.1');
const SUPPRESS = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

interface OtelContext {
  setValue(key: symbol, value: unknown): OtelContext;
}

interface OtelRegistry {
  readonly context?: {
    active(): OtelContext;
    with<T>(context: OtelContext, fn: () => T): T;
  };
}

/** Options of a lane's transport. */
export interface TransportOptions extends LaneAgentOptions {
  readonly dispatcher: Dispatcher | undefined;
}

/**
 * The HTTP client of one lane: few kept-alive sockets, one deadline for the whole attempt (connecting, queueing, headers, body).
 * Every body is read or cut off. No result contains a URL or a header of the request.
 */
export class Transport {
  readonly #own: LaneAgent | undefined;
  readonly #running = new Set<Exchange>();
  readonly #origins = new Map<string, string>();

  constructor(private readonly options: TransportOptions) {
    if (options.dispatcher === undefined) this.#own = new LaneAgent(options);
  }

  /** Makes one attempt. `done` is called exactly once, synchronously only with a failure. */
  send(request: OutgoingRequest, done: (result: AttemptResult) => void): void {
    const exchange = new Exchange(this.options.log, (result) => {
      this.#running.delete(exchange);
      done(result);
    });
    this.#running.add(exchange);
    exchange.endWithin(this.options.timeoutMs, this.options.clock);
    if (request.compress !== 'gzip' || request.body === undefined) {
      this.#dispatch(request, request.body, exchange);
      return;
    }
    gzip(request.body, (error, body) => {
      if (error) exchange.abort('gzip');
      else this.#dispatch(request, body, exchange);
    });
  }

  /** Ends every running attempt with a failure. */
  abort(): void {
    for (const exchange of this.#running) exchange.abort('closed');
  }

  /** Closes the lane's own sockets. A dispatcher of the application stays open. */
  async close(): Promise<void> {
    this.abort();
    await this.#own?.close();
  }

  #dispatch(request: OutgoingRequest, body: string | Uint8Array | undefined, exchange: Exchange): void {
    if (exchange.over) return;
    try {
      const { origin, path } = this.#split(request.url);
      checkPath(path);
      const headers = outgoingHeaders(request);
      const dispatcher = this.options.dispatcher ?? this.#own!.current;
      suppressTracing(() =>
        dispatcher.dispatch(
          {
            origin,
            path,
            method: request.method,
            headers,
            body: body ?? null,
            idempotent: request.idempotent ?? false,
            // By default, undici sends the next request on a socket only after the previous answer has begun.
            blocking: request.idempotent !== true,
          },
          exchange,
        ),
      );
    } catch (error) {
      exchange.onResponseError(undefined, error);
    }
  }

  #split(url: string): { origin: string; path: string } {
    const slash = url.indexOf('/', url.indexOf('//') + 2);
    const origin = url.slice(0, slash);
    // The usual form is split at its first slash, which is faster. A missing path or a fragment is unusual.
    if (slash === -1 || origin.includes('?') || url.includes('#')) {
      const { origin: parsed, pathname, search } = new URL(url);
      return { origin: parsed, path: pathname + search };
    }
    let known = this.#origins.get(origin);
    if (known === undefined) {
      known = new URL(origin).origin;
      if (this.#origins.size < 100) this.#origins.set(origin, known);
    }
    return { origin: known, path: url.slice(slash) };
  }
}

/**
 * Runs `fn` so that OpenTelemetry, if installed, makes no spans of its requests: their URLs may contain a key and a person's id.
 * Reads the API's registry from the global object, so that the API is no dependency.
 */
function suppressTracing<T>(fn: () => T): T {
  const manager = (globalThis as { [API]?: OtelRegistry })[API]?.context;
  if (manager === undefined) return fn();
  return manager.with(manager.active().setValue(SUPPRESS, true), fn);
}
