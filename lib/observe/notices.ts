import type { Log } from '../host/log.js';

/**
 * A condition worth knowing that does not change the outcome of an event. A closed list. Each is counted in
 * `stats().notices` and logged once per place, without ids, keys or values.
 */
export type Notice =
  | 'identity_conflict' // a browser's cookie names another person than the verified user
  | 'resolver_error' // an identity resolver threw, or returned a promise
  | 'invalid_identity' // an unusable id beside a usable one, or from a resolver or runAs
  | 'invalid_group' // an unusable id or type in `groups`; the event has the other groups
  | 'invalid_person' // a field of `person` that cannot be normalised; the others are used
  | 'key_empty' // an unusable idempotency key
  | 'key_without_timestamp' // a key whose event takes its time from the call
  | 'durable_not_async' // durable on a method that returns neither promise nor Observable
  | 'commit_failed' // a durable event that was not committed, or not in time
  | 'invalid_event_id' // an event's id from a browser that is no UUID; the event got a new one
  | 'plan_violation' // an event that does not fit the tracking plan
  | 'normalised' // a name or value that the platform cannot hold as it was
  | 'collision' // several events that the platform counts as one
  | 'collision_shifted' // an event moved to the next free second
  | 'unusual_credential' // a credential that does not look like the platform's
  | 'plain_http' // a key or secret that is sent over plain http:
  | 'over_capacity' // more events arrive than a lane can deliver
  | 'subscriber_error' // a subscriber of lifecycle$ threw
  | 'hook_error' // a hook of the application threw where its result was not needed
  | 'log_error' // the application's logger threw
  | 'internal_error'; // an unexpected error in this package, logged once per place with its stack

/** Counts a notice, and logs it once per place. `message` is only called for the first one about `about`. */
export type TellNotice = (notice: Notice, about: string, message: () => string) => void;

/** Counts notices, and logs each once per place. */
export class Notices {
  readonly #counts: Partial<Record<Notice, number>> = {};

  constructor(private readonly log: Log) {}

  readonly tell: TellNotice = (notice, about, message) => {
    this.count(notice);
    this.log.warnOnce(notice, about, message);
  };

  count(notice: Notice): void {
    this.#counts[notice] = (this.#counts[notice] ?? 0) + 1;
  }

  /** All counts, with those of errors in this package and in the application's logger. */
  all(): Partial<Record<Notice, number>> {
    const { internal, logger } = this.log.faults;
    return {
      ...this.#counts,
      ...(internal > 0 && { internal_error: internal }),
      ...(logger > 0 && { log_error: logger }),
    };
  }
}
