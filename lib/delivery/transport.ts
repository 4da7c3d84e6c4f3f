import type { Socket } from 'node:net';
import { gzip } from 'node:zlib';
import { Agent, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import type { OutgoingRequest } from '../destinations/destination.js';
import type { Clock } from '../host/clock.js';
import { Exchange } from './exchange.js';
import type { AttemptResult } from './reading.js';
import { suppressTracing } from './suppress-tracing.js';

/** Options of a lane's transport. */
export interface TransportOptions {
  readonly dispatcher: Dispatcher | undefined;
  readonly concurrency: number;
  readonly pipelining: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * One lane's HTTP: few kept-alive sockets, one deadline for the whole attempt (connecting, queueing, headers, body), every
 * body read or cut off. Nothing it returns carries a URL or a header of the request.
 */
export class Transport {
  readonly #dispatcher: Dispatcher;
  readonly #own: Agent | undefined;
  readonly #running = new Set<Exchange>();
  readonly #origins = new Map<string, string>();
  /** Ends sockets that are still connecting, which undici leaves to their time-out. */
  readonly #connecting = new Set<Socket>();

  constructor(private readonly options: TransportOptions) {
    if (options.dispatcher === undefined) {
      this.#own = new Agent({
        connections: Math.max(1, Math.ceil(options.concurrency / options.pipelining)),
        pipelining: options.pipelining,
        // The attempt's own deadline covers these.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: this.#connector(options.timeoutMs),
      });
    }
    this.#dispatcher = options.dispatcher ?? this.#own!;
  }

  /** Makes one attempt; `done` is called exactly once, never synchronously with an answer that was not waited for. */
  send(request: OutgoingRequest, done: (result: AttemptResult) => void): void {
    const exchange = new Exchange((result) => {
      this.#running.delete(exchange);
      done(result);
    });
    this.#running.add(exchange);
    exchange.deadline = this.options.clock.after(this.options.timeoutMs, () => exchange.abort('timeout'));
    if (request.compress !== 'gzip' || request.body === undefined) {
      this.#dispatch(request, request.body, exchange);
      return;
    }
    gzip(request.body, (error, body) => {
      if (error) exchange.abort('gzip');
      else this.#dispatch(request, body, exchange);
    });
  }

  /** Ends every attempt under way; each is answered with a failure. */
  abort(): void {
    for (const exchange of this.#running) exchange.abort('closed');
  }

  /** Closes our sockets. A dispatcher that was given to us stays open. */
  async close(): Promise<void> {
    this.abort();
    const destroyed = this.#own?.destroy();
    for (const socket of this.#connecting) socket.destroy(new Error('closed'));
    await destroyed;
  }

  /** undici's own, which keeps in mind what is not connected yet. */
  #connector(timeout: number): buildConnector.connector {
    const connect = buildConnector({ timeout });
    return (options, callback) => {
      // It returns the socket, although its type does not say so.
      const socket = (connect as (...args: unknown[]) => unknown)(options, (...result: [null, Socket]) => {
        if (socket !== undefined) this.#connecting.delete(socket);
        callback(...result);
      }) as Socket | undefined;
      if (socket !== undefined) this.#connecting.add(socket);
    };
  }

  #dispatch(request: OutgoingRequest, body: string | Uint8Array | undefined, exchange: Exchange): void {
    if (exchange.over) return;
    try {
      const { origin, path } = this.#split(request.url);
      suppressTracing(() =>
        this.#dispatcher.dispatch(
          {
            origin,
            path,
            method: request.method,
            headers: {
              ...request.headers,
              ...(request.compress === 'gzip' && { 'content-encoding': 'gzip' }),
            },
            body: body ?? null,
            idempotent: request.idempotent ?? false,
            // Left to itself, undici sends nothing more down a socket until the answer before it has begun.
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
    // The usual form is split at its first slash, which is quicker; a path that is left out and a fragment are not usual.
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
