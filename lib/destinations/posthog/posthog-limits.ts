import type { DestinationLimits } from '../destination.js';

/** The hosts of PostHog Cloud. */
export const POSTHOG_HOSTS = { us: 'https://us.i.posthog.com', eu: 'https://eu.i.posthog.com' } as const;

/**
 * Larger events are discarded after the 200 (1 MB, vendor's documentation). Less, because the stored form is longer: names of
 * properties are added, and the event's JSON is escaped once more.
 */
const MAX_EVENT_BYTES = 800_000;

/** 20 MB for a request before compression (server source). No limit of events is documented. */
export const BATCH_LIMITS: DestinationLimits = {
  maxEvents: 10_000,
  maxBytes: 20_000_000,
  maxEventBytes: MAX_EVENT_BYTES,
};

/** 10 MB after compression (server source), applied before compression here. */
export const V1_LIMITS: DestinationLimits = { ...BATCH_LIMITS, maxBytes: 10_000_000 };

/**
 * Names of events: a longer one is cut by the pipeline behind `/batch/`, and rejected by v1 (server sources).
 */
export const MAX_NAME_LENGTH = 200;

/** A longer `distinct_id` is cut by `/batch/`, and rejected by v1 (server sources). A part of an id may be another person's. */
export const MAX_ID_LENGTH = 200;

/** A `$groupidentify` with a longer key is dropped (server source). */
export const MAX_GROUP_KEY_LENGTH = 400;

/** A time more than 23 hours ahead is replaced by the time of arrival. */
export const MAX_AHEAD_MS = 23 * 3_600_000;

/** One result of v1, such as `"<uuid>":{"result":"retry","details":"rate_limited_token_distinct_id"}`. */
export const V1_RESULT_BYTES = 128;
