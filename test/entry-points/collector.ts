import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Destination, TrackingEvent, TrackingService } from 'nestjs-tracking';

/** A platform on this machine that keeps what it is sent: what a stand's application delivers to. */
export class Collector {
  readonly #events: TrackingEvent[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#events.push(...(JSON.parse(Buffer.concat(chunks).toString('utf8')) as TrackingEvent[]));
        answer.end();
      });
    });
  }

  static async start(): Promise<Collector> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Collector(server);
  }

  /** For the application's `destinations`. */
  get destination(): Destination {
    const { port } = this.#server.address() as AddressInfo;
    return {
      name: 'collector',
      encode: (batch) => ({
        method: 'POST',
        url: `http://127.0.0.1:${port}/`,
        body: JSON.stringify(batch.map(({ event }) => event)),
      }),
    };
  }

  /** Every event that has arrived, after a flush. */
  async delivered(tracking: TrackingService): Promise<readonly TrackingEvent[]> {
    await tracking.flush();
    return this.#events;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
