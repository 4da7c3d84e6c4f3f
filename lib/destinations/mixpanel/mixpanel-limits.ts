import type { DestinationLimits } from '../destination.js';

/** By region. A project exists in one of them; the hosts of the others do not store its events. */
export const MIXPANEL_HOSTS = {
  us: 'https://api.mixpanel.com',
  eu: 'https://api-eu.mixpanel.com',
  in: 'https://api-in.mixpanel.com',
} as const;

/**
 * 2,000 events and 10 MB in a request, and 1 MB for one event, uncompressed. An example of a 413 in the documentation names a limit
 * of 2,097,152 bytes for a request: a request below both is never rejected for its size. An event's form here repeats
 * its ids, so its own limit has a margin.
 */
export const MIXPANEL_LIMITS: DestinationLimits = {
  maxEvents: 2_000,
  maxBytes: 2_000_000,
  maxEventBytes: 980_000,
};

/** An answer names each rejected event with its index, id, field and a sentence. */
export const ANSWER_BYTES_PER_EVENT = 200;

/** Parallel senders that the vendor recommends: 10 to 20. */
export const CONCURRENCY = 10;

/** Longer texts are cut without an error. */
export const MAX_TEXT_LENGTH = 255;
