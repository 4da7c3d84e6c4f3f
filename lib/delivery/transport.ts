import type { Socket } from 'node:net';
import { gzip } from 'node:zlib';
import { Agent, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import type { OutgoingRequest } from '../destinations/destination.js';
import type { Clock, Timer } from '../host/clock.js';
import { CUT_OFF } from './reading.js';
import type { AttemptResult } from './reading.js';
import { suppressTracing } from './suppress-tracing.js';

const MAX_BODY_BYTES = 65_536;
/** Past this a body is not read to its end for the sake of the socket. */
const MAX_DRAINED_BYTES = 1_048_576;
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

/** One attempt as undici's handler. */
class Exchange implements Dispatcher.DispatchHandler {
  deadline: Timer | undefined;
  over = false;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(private readonly done: (result: AttemptResult) => void) {}

  abort(code: string): void {
    this.#fail(code);
    this.#controller?.abort(new Error(code));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const again = this.#controller !== undefined;
    this.#controller = controller;
    // undici repeats what was pipelined behind an answer that closed the connection. When to repeat is the lane's decision.
    if (again) this.#fail(CUT_OFF);
    if (this.over) controller.abort(new Error('over'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined)
        this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < MAX_BODY_BYTES) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_DRAINED_BYTES) {
      this.#answer(false);
      controller.abort(new Error('body too long'));
    }
  }

  onResponseEnd(): void {
    this.#answer(this.#bytes <= MAX_BODY_BYTES);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    this.#fail(codeOf(error));
  }

  /** A connection that ends within an answer: the status was said, so it counts, unread. */
  #fail(code: string): void {
    if (this.#status > 0) this.#answer(false);
    else this.#end({ failure: code });
  }

  #answer(complete: boolean): void {
    if (this.over) return;
    const body =
      this.#chunks.length === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8', 0, MAX_BODY_BYTES);
    this.#end({ answer: { status: this.#status, headers: this.#headers, body, complete } });
  }

  #end(result: AttemptResult): void {
    if (this.over) return;
    this.over = true;
    this.deadline?.cancel();
    this.done(result);
  }
}

/** The error's code only: undici's messages and fields may carry URL and headers. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'ERROR';
}
