import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How the proxy answers: opens the tunnel, refuses it with a status, or does not answer. */
export type ProxyManner = 'open' | 'silent' | number;

/** An HTTP proxy on this machine that knows `CONNECT`, and sends every host to one port. */
export class ConnectProxy {
  /** Hosts and ports of the requested tunnels. */
  readonly tunnels: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  manner: ProxyManner = 'open';
  readonly #sockets = new Set<Duplex>();
  readonly #server = createServer((_, response) => response.writeHead(400).end());

  constructor(private readonly target: number) {
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex) => this.#asked(request, socket));
    this.#server.on('connection', (socket: Socket) => this.#keep(socket));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Open connections to and from the proxy. */
  get open(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #asked({ url = '', headers }: IncomingMessage, socket: Duplex): void {
    this.tunnels.push(url);
    this.authorizations.push(headers['proxy-authorization']);
    if (this.manner === 'silent') {
      // A socket that is not read would not notice its end.
      socket.on('end', () => socket.end()).resume();
      return;
    }
    if (typeof this.manner === 'number') {
      socket.end(`HTTP/1.1 ${this.manner} No\r\n\r\n`);
      return;
    }
    const upstream = connect(this.target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    this.#keep(upstream);
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
