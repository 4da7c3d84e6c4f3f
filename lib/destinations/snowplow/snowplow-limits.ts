import type { DestinationLimits } from '../destination.js';

export const TP2 = '/com.snowplowanalytics.snowplow/tp2';

/**
 * Above 1 MB the collector answers 200 and makes a bad row. An event is longer in its record than in its JSON: base64 adds a third,
 * and JSON within a text at most doubles.
 */
export const SNOWPLOW_LIMITS: DestinationLimits = {
  maxEvents: 500,
  maxBytes: 1_000_000,
  maxEventBytes: 240_000,
};

/** Columns of the events table (unconfirmed for each version): the pipeline makes a bad row of a longer value. */
export const MAX_USER_ID = 255;
export const MAX_DOMAIN_USER_ID = 128;
export const MAX_URL = 4_096;
export const MAX_TITLE = 2_000;
export const MAX_USER_AGENT = 1_000;
export const MAX_WORD = 128;
