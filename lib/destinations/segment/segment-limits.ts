import type { DestinationLimits } from '../destination.js';
import type { BodyLimits } from '../segment-protocol/protocol-batch.js';

/** An EU workspace gets nothing from the US host, which answers 200 all the same. */
export const SEGMENT_HOSTS = {
  us: 'https://api.segment.io',
  eu: 'https://events.eu1.segmentapis.com',
} as const;

/** Per event 32 KB, as the vendor's SDK measures it; per batch 500 KB. */
export const SEGMENT_BODY: BodyLimits = { maxMessageBytes: 32_768, maxBodyBytes: 500_000 };

/** Less than those, because a message is a little longer than the event's own JSON. Surplus events are dropped with a 200. */
export const SEGMENT_LIMITS: DestinationLimits = {
  maxEvents: 2_500,
  maxBytes: 450_000,
  maxEventBytes: 32_000,
};

/** Repeats are recognised for at least 24 hours. */
export const SEGMENT_WINDOW_MS = 24 * 3_600_000;
