import type { Destination } from '../../lib/destinations/destination.js';
import { amplitude } from '../../lib/destinations/amplitude/amplitude.js';
import type { DestinationOptions } from '../../lib/destinations/destination-options.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import type { MisbehavingServer, Reply } from './misbehaving-server.js';

/** Deadline of every attempt in these tests; an unusual number, because its timers show the requests in flight. */
export const ATTEMPT_MS = 9_973;

/** A kind of destination: each gets the same faults. */
export interface Platform {
  readonly name: 'webhook' | 'kissmetrics' | 'amplitude';
  /** Most sockets, by its defaults. */
  readonly sockets: number;
  /** Most requests in flight. */
  readonly concurrency: number;
  destination(server: Pick<MisbehavingServer, 'url'>, options?: DestinationOptions): Destination;
  /** Its answer to a request with invalid events, by their indices; absent: it names no events. */
  readonly invalid?: (indices: readonly number[]) => Reply;
}

/** A real batch. */
export const WEBHOOK: Platform = {
  name: 'webhook',
  sockets: 4,
  concurrency: 4,
  destination: (server, options) =>
    webhook({ url: `${server.url}/events`, timeoutMs: ATTEMPT_MS, ...options }),
};

/** One operation per request. Batching options do not concern it. */
export const KISSMETRICS: Platform = {
  name: 'kissmetrics',
  sockets: 8,
  concurrency: 32,
  destination: (server, { batch: _batch, ...options } = {}) =>
    kissmetrics({ apiKey: 'f'.repeat(40), endpoint: server.url, timeoutMs: ATTEMPT_MS, ...options }),
};

/** Credentials in the body, and answers that name events. */
export const AMPLITUDE: Platform = {
  name: 'amplitude',
  sockets: 4,
  concurrency: 4,
  destination: (server, options) =>
    amplitude({ apiKey: 'a'.repeat(32), endpoint: server.url, timeoutMs: ATTEMPT_MS, ...options }),
  invalid: (indices) => ({
    status: 400,
    body: JSON.stringify({
      code: 400,
      error: 'Invalid field values on some events',
      events_with_invalid_fields: { event_properties: indices },
    }),
  }),
};

export const PLATFORMS: readonly Platform[] = [WEBHOOK, KISSMETRICS, AMPLITUDE];
