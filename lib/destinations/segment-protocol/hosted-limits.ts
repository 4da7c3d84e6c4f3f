import type { DestinationLimits } from '../destination.js';
import type { BodyLimits } from './protocol-batch.js';

/** Segment and Customer.io: 32 KB per message, as their SDKs measure it, and 500 KB per batch. */
export const HOSTED_BODY: BodyLimits = { maxMessageBytes: 32_768, maxBodyBytes: 500_000 };

/** Less than those, because a message is a little longer than the event's own JSON. */
export const HOSTED_LIMITS: Omit<DestinationLimits, 'maxEvents'> = {
  maxBytes: 450_000,
  maxEventBytes: 32_000,
};
