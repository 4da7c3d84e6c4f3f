import type { DestinationLimits } from '../destination.js';

/** The current tracking host; official Ruby, Python and PHP clients. `trk.kissmetrics.com` is its older name. */
export const KISSMETRICS_ENDPOINT = 'https://trk.kissmetrics.io';

/**
 * The host takes one operation per request. It documents no limit for a POST (unconfirmed). Percent-encoding makes up to three
 * bytes of one, so this limit fits the largest event.
 */
export const KISSMETRICS_LIMITS: DestinationLimits = {
  maxEvents: 1,
  maxBytes: 800_000,
  maxEventBytes: 256_000,
};

/** Names of events and properties are "under 255 characters" (vendor's technical limitations); longer ones are cut. */
export const MAX_NAME_LENGTH = 254;

/** A person's id has at most 255 characters (API specification). It is never cut: a part may be another person's. */
export const MAX_PERSON_LENGTH = 255;

/** A value holds 8 KB "in theory" (vendor's technical limitations), taken as UTF-8 bytes. */
export const MAX_VALUE_BYTES = 8_192;

/** 2009-01-01T00:00:00Z, the oldest time that is accepted (API specification). */
export const OLDEST_TIMESTAMP = Date.UTC(2009, 0, 1);

/**
 * Characters of a URL above which the host has closed connections (issue 15 of the older Ruby client); Segment's
 * integration goes over to POST at about the same length.
 */
export const MAX_URL_LENGTH = 2_000;

/** Product keys are about 40 hex characters (third parties; unconfirmed), so another shape warns and is still used. */
export const USUAL_KEY = /^[0-9a-f]{40}$/i;
