import { choice, count, credential, flag } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/** The current tracking host; official Ruby, Python and PHP clients. `trk.kissmetrics.com` is its older name. */
const KISSMETRICS_ENDPOINT = 'https://trk.kissmetrics.io';

/**
 * The host takes one operation per request. It documents no limit for a POST (unconfirmed). Percent-encoding makes up to three
 * bytes of one, so this limit fits the largest event.
 */
const LIMITS = { maxEvents: 1, maxBytes: 800_000, maxEventBytes: 256_000 };

/** Parallel requests make up for one operation per request: 32 over a round trip of 50 ms are 640 events a second. */
const CONCURRENCY = 32;

export const kissmetricsOptions = destinationOptions(
  { kind: 'kissmetrics', limits: LIMITS, concurrency: CONCURRENCY },
  {
    /**
     * The product's API key, from its settings. One that is not 40 hex digits logs a warning.
     *
     * It allows writing only, but to anyone who has it. Keep it secret.
     */
    apiKey: credential('the key of your KISSmetrics product, a non-empty string').required(),
    /**
     * Base URL of the tracking API, such as a proxy; `/e`, `/s` and `/a` are added to it.
     *
     * No other region is documented (unconfirmed).
     * @default 'https://trk.kissmetrics.io'
     */
    endpoint: baseUrl('/e, /s and /a', 'KISSmetrics takes the key from `apiKey` only').default(
      KISSMETRICS_ENDPOINT,
    ),
    /**
     * `'GET'` puts key and person into URLs, which proxies log. Long requests use `POST` in any case.
     *
     * The host closes the connection on a URL of more than 2,000 characters.
     * @default 'POST'
     */
    method: choice('POST', 'GET').default('POST'),
    /**
     * True: an event without a key gets the next free second, fixed when it is accepted (notice `collision_shifted`).
     * See docs/kissmetrics.md#two-events-in-one-second.
     *
     * KISSmetrics counts one event per person, name and second; each further one is delivered and not counted (notice
     * `collision`). An event with an idempotency key keeps its second, because the same key must give the same event after a
     * restart: two keyed orders of one person in one second are still counted once. Give each the `timestamp` of its
     * record. Works within one process.
     * @default false
     */
    spreadCollisions: flag().default(false),
    /**
     * Requests that share a socket at the same time.
     *
     * With 4, 32 in flight need 8 sockets. Support of the host for pipelined requests is unconfirmed; with 1, each request
     * has its own socket.
     * @default 4
     */
    pipelining: count(1, 64).default(4),
  },
);

/** Options of `kissmetrics()`. */
export interface KissmetricsOptions extends DestinationOptions, OptionsOf<typeof kissmetricsOptions.own> {}
