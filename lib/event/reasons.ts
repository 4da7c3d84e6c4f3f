/**
 * Why an event was not recorded or not delivered. A closed list: every refusal, suppression, decline, drop, parking and dead
 * letter has one of these words, and `stats()` counts it under that word.
 */
export const REASONS = [
  // refused at the door
  'no_identity', // no person is known, and there is no fallback
  'invalid_identity', // the call or its surroundings gave only unusable ids
  'invalid_name', // not a string, empty, or too long
  'invalid_id', // a group's, a previous or a person's id that is missing, unusable or too long
  'invalid_timestamp', // no time, before 1980, or more than a day ahead
  'unserialisable', // circular, a getter or toJSON that throws, not an object
  'too_large', // over the limit in UTF-8 bytes
  'option_error', // an option function threw
  'async_option', // an option function returned a promise
  'invalid_properties', // they do not fit the tracking plan, and the plan is enforced
  'not_in_plan', // the tracking plan has no such event, and the plan is enforced
  'redact_error', // the redaction hook threw, or did not return an event
  'consent_error', // the consent hook threw, or returned no decision
  'sampling_error', // the sampling hook threw, or returned no share
  'no_destination', // unknown or empty list of destinations, or declined by each of them
  'closed', // after the last drain
  'unbound', // a decorated method of an instance that no module knows
  'buffer_full', // no room
  // suppressed by choice
  'disabled',
  'when',
  'head_request', // the decorated handler answered a HEAD request
  'redacted', // the redaction hook returned undefined
  'consent',
  'sampled',
  'rolled_back',
  // declined by one destination
  'unsupported', // the platform has no such operation
  'filtered', // the destination's filter or map left it out
  'filter_error', // the destination's filter threw, or returned no decision
  'map_error', // the destination's map threw, or did not return a name and properties
  // dropped from a lane
  'expired', // also declined by a destination that accepts no event of that age
  'superseded', // a newer call has replaced the traits
  'erased',
  'lane_removed',
  'dead_letters_full',
  'given_up', // a dead letter that was dropped by a command
  'damaged', // stored on disk, and cannot be read any more
  // answers of a platform
  'encode_error',
  'outcome_unknown', // the platform may have received the request, and does not recognise repeats
  'refused',
  'refused_all',
  'unauthorized',
  'misconfigured',
] as const;

/** One word of the closed list {@link REASONS}. */
export type Reason = (typeof REASONS)[number];

/**
 * How often each reason occurred. Every reason can be read; only reasons that occurred are own members, so that a
 * printed or serialised snapshot stays short.
 */
export type ReasonCounts = Record<Reason, number>;

const NEVER = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as ReasonCounts;

/** Counts of which none occurred, or a copy of others. */
export function reasonCounts(from?: ReasonCounts): ReasonCounts {
  return Object.assign(Object.create(NEVER) as ReasonCounts, from);
}

/** Adds to one reason's count. */
export function countReason(counts: ReasonCounts, reason: Reason): void {
  counts[reason]++;
}
