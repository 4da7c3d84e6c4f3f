import { tmpdir } from 'node:os';
import { type Collector, type CollectorOptions, startCollector } from '../../lib/collector/collector.js';

/** A collector without its page, and functions that call it. */
export class ACollector {
  private constructor(private readonly collector: Collector) {}

  static async start(options: Partial<CollectorOptions> = {}): Promise<ACollector> {
    return new ACollector(await startCollector({ page: tmpdir(), ...options }));
  }

  get url(): string {
    return this.collector.url;
  }

  get platforms(): Collector['platforms'] {
    return this.collector.platforms;
  }

  close(): Promise<void> {
    return this.collector.close();
  }

  /** Sends Segment's messages as one request. */
  send(...batch: readonly object[]): Promise<Response> {
    return fetch(`${this.url}/segment/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa('key:')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch, sentAt: new Date().toISOString() }),
    });
  }

  call(path: string, method = 'GET', body?: unknown): Promise<Response> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    return fetch(`${this.url}/_collector/${path}`, { method, ...sent });
  }

  async get<T>(path: string): Promise<T> {
    return (await this.call(path)).json() as Promise<T>;
  }
}

let made = 0;

/** A message of Segment's protocol. */
export function aMessage(more: object = {}): object {
  const messageId = `message-${++made}`;
  const timestamp = new Date().toISOString();
  return { type: 'track', event: 'Signed Up', userId: 'ada', messageId, timestamp, ...more };
}
