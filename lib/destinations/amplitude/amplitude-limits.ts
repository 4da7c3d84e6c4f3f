import type { DestinationLimits } from '../destination.js';

/** Hosts by region (vendor's HTTP V2 and batch pages). */
export const AMPLITUDE_HOSTS: Readonly<Record<string, string>> = {
  us: 'https://api2.amplitude.com',
  eu: 'https://api.eu.amplitude.com',
};

export const AMPLITUDE_PATHS: Readonly<Record<string, string>> = { 'http-v2': '/2/httpapi', batch: '/batch' };

/** No limit of one event is documented. This one leaves room for Amplitude's longer names in a batch of the default size. */
const EVENT: Pick<DestinationLimits, 'maxEvents' | 'maxEventBytes'> = {
  maxEvents: 2_000,
  maxEventBytes: 500_000,
};

/** 1 MB and 2,000 events (HTTP V2 page). */
export const HTTP_V2_LIMITS: DestinationLimits = { ...EVENT, maxBytes: 1_000_000 };

/** 20 MB and 2,000 events (batch page). */
export const BATCH_LIMITS: DestinationLimits = { ...EVENT, maxBytes: 20_000_000 };

/** Characters of any text. The effect of a longer one is unconfirmed. */
export const MAX_TEXT = 1_024;

/** Types of groups that Amplitude tracks. It ignores further ones. */
export const MAX_GROUP_TYPES = 5;

/** A second event with the same `insert_id` is ignored for 7 days. */
export const DEDUPLICATION_MS = 7 * 86_400_000;

/** The pause for a throttled user or device, which the vendor asks for. There is no `Retry-After`. */
export const THROTTLED_MS = 30_000;
