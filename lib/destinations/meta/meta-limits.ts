import type { DestinationLimits } from '../destination.js';

/** The Graph API (vendor's Conversions API pages). */
export const META_ENDPOINT = 'https://graph.facebook.com';

/** A version stops working about two years after its release. */
export const META_API_VERSION = 'v24.0';

/** Up to 1,000 events in a request (third parties). Its bytes are not documented; these are far below what hosts accept. */
export const META_LIMITS: DestinationLimits = {
  maxEvents: 1_000,
  maxBytes: 1_000_000,
  maxEventBytes: 256_000,
};

const HOUR_MS = 3_600_000;

/**
 * One event of more than 7 days makes Meta reject its whole request. An hour less, for the way of a request and for clocks
 * that differ.
 */
export const MAX_AGE_MS = 7 * 24 * HOUR_MS - HOUR_MS;

/** `event_id` and `event_name` are compared for 48 hours, also with the events of the browser's pixel. */
export const DEDUPLICATION_MS = 48 * HOUR_MS;

/** Where a conversion happened. `app` is missing: it requires data of the device that no server event has. */
export const ACTION_SOURCES = [
  'website',
  'system_generated',
  'email',
  'phone_call',
  'physical_store',
  'chat',
  'other',
] as const;
