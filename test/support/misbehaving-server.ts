import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type SeenEvent, seenEvents } from './seen-events.js';

/** A request as it arrived. */
export interface SeenRequest {
  /** From 1, in the order of arrival. */
  readonly number: number;
  /** Monotonic time of the clock that the server was given. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly events: readonly SeenEvent[];
  /** Requests that were not answered yet when it arrived, itself included. */
  readonly inFlight: number;
  /** The time when it was answered or cut. */
  endedAt?: number;
}

/** An answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connection ends in the middle of the body. */
  readonly cut?: boolean;
  /** Whether the events are kept; default: for a 2xx. */
  readonly store?: boolean;
}

/** The server's reaction to a request. */
export type Behaviour =
  | number
  | Reply
  /** No answer until it is released. */
  | 'hang'
  /** The connection is reset after the request was read. */
  | 'reset'
  /** The events are kept, and the connection is cut before the answer. */
  | 'storeThenCut';

/** Decides about each request by its content. */
export type Script = (request: SeenRequest) => Behaviour;

/**
 * A collector with faults that the test defines, over real sockets. It reads the requests of every platform.
 */
export class MisbehavingServer {
  readonly requests: SeenRequest[] = [];
  /** Every event that was kept, as often as it was. */
  readonly stored: SeenEvent[] = [];
  /** Decides before the body is read whether the connection is reset at once; given the number of the arrival, from 1. */
  resetUnread: (arrival: number) => boolean = () => false;
  openSockets = 0;
  peakSockets = 0;
  #script: Script = () => 200;
  readonly #held = new Map<ServerResponse, SeenRequest>();
  readonly #server: Server;
  #port = 0;
  #arrivals = 0;
  #inFlight = 0;

  private constructor(private readonly monotonic: () => number) {
    this.#server = createServer((request, response) => this.#arrived(request, response));
    this.#server.keepAliveTimeout = 600_000;
    this.#server.on('connection', (socket: Socket) => {
      socket.setMaxListeners(0);
      this.peakSockets = Math.max(this.peakSockets, ++this.openSockets);
      socket.once('close', () => this.openSockets--);
      socket.on('error', () => undefined);
    });
  }

  /** @param monotonic the clock that arrivals are stamped with */
  static async start(monotonic: () => number = () => performance.now()): Promise<MisbehavingServer> {
    const server = new MisbehavingServer(monotonic);
    await server.comeUp();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get isUp(): boolean {
    return this.#server.listening;
  }

  /** Requests that are read and neither answered nor given up by the client. */
  get held(): number {
    return this.#held.size;
  }

  /** Sets the reaction from the next request on. */
  behave(script: Script | Behaviour): void {
    this.#script = typeof script === 'function' ? script : () => script;
  }

  /** Answers hanging requests, oldest first. */
  release(behaviour: Behaviour = 200, count = Infinity): void {
    for (const [response, request] of [...this.#held].slice(0, count)) {
      this.#held.delete(response);
      this.#answer(request, response, behaviour);
    }
  }

  /** Stops listening: connections are refused. */
  async goDown(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens again at the same port. */
  async comeUp(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.goDown();
  }

  #arrived(incoming: IncomingMessage, response: ServerResponse): void {
    incoming.on('error', () => undefined);
    if (this.resetUnread(++this.#arrivals)) {
      incoming.socket.resetAndDestroy();
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString();
      const request: SeenRequest = {
        number: this.requests.length + 1,
        at: this.monotonic(),
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body,
        events: seenEvents(incoming.url ?? '', incoming.headers['content-type'], body),
        inFlight: ++this.#inFlight,
      };
      const end = (): void => {
        if (request.endedAt !== undefined) return;
        this.#inFlight--;
        this.#held.delete(response);
        request.endedAt = this.monotonic();
      };
      response.once('finish', end);
      // A response that is queued in a pipeline gets no event when its connection ends.
      incoming.socket.once('close', end);
      this.requests.push(request);
      this.#answer(request, response, this.#script(request));
    });
  }

  #answer(request: SeenRequest, response: ServerResponse, behaviour: Behaviour): void {
    if (behaviour === 'hang') {
      if (request.endedAt === undefined) this.#held.set(response, request);
    } else if (behaviour === 'reset') {
      response.socket?.resetAndDestroy();
    } else if (behaviour === 'storeThenCut') {
      this.stored.push(...request.events);
      response.socket?.destroy();
    } else {
      this.#reply(request, response, typeof behaviour === 'number' ? { status: behaviour } : behaviour);
    }
  }

  #reply(request: SeenRequest, response: ServerResponse, reply: Reply): void {
    const { status, headers = {}, body = '', cut = false } = reply;
    if (reply.store ?? (status >= 200 && status < 300)) this.stored.push(...request.events);
    if (!cut) {
      response.writeHead(status, headers).end(body);
      return;
    }
    response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body) + 1_000) });
    response.write(body === '' ? ' ' : body, () => response.socket?.destroy());
  }
}
