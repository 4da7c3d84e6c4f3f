import type { EventTime } from '../event/event-time.js';
import type { Id, IdentityInput } from '../event/identity.js';
import type { PersonData } from '../event/person-data.js';
import type { Reason } from '../event/reasons.js';

/** Options of the calls of `TrackingService` that record an event. */
export interface EventOptions extends IdentityInput {
  /**
   * When it happened: a `Date`, epoch milliseconds, or RFC 3339 text such as `2026-01-01T12:00:00Z`. `null` and `undefined` count
   * as not given. Default: now. A time before 1980 or more than a day ahead rejects the event (`invalid_timestamp`).
   */
  readonly timestamp?: EventTime | null | undefined;
  /** Idempotency key: the same key for the same name gives the same id, and is accepted once. */
  readonly key?: Id | undefined;
  /** Names of the destinations that get the event. Default: all. */
  readonly destinations?: readonly string[] | undefined;
  /** Context of the event, such as page or campaign. Any object. */
  readonly context?: object | undefined;
  /**
   * The groups that the event belongs to, by type: `{ company: 'acme' }`. Ids are stored as strings. A group with an unusable
   * id or type is left out, counted (`invalid_group`) and logged. Default: none.
   */
  readonly groups?: Readonly<Record<string, Id | undefined>> | undefined;
  /**
   * Data by which ad platforms find the person among their users, such as `{ email }`. Normalised and hashed before anything is
   * buffered, and handed only to destinations that need it. Replaces `identity.person` as a whole; `null`: none. Default: what
   * `identity.person` returns, if the event is about the person of the request.
   */
  readonly person?: PersonData | null | undefined;
}

/** Options of `group()`. */
export interface GroupOptions extends EventOptions {
  /**
   * The type of the group, such as `company`, for platforms that have several. Any value but a non-empty text rejects the call
   * (`invalid_id`). Default: the destination's.
   */
  readonly groupType?: string | undefined;
}

/** The result of `record()`, which never rejects. */
export interface RecordResult {
  /** Absent if the event was rejected. */
  readonly id?: string;
  readonly state: 'committed' | 'buffered' | 'held' | 'duplicate' | 'suppressed' | 'rejected';
  /** For `suppressed` and `rejected`. */
  readonly reason?: Reason;
}

/** The result of `flush()`. */
export interface FlushReport {
  /** Deliveries during the flush, counted once per destination. */
  readonly delivered: number;
  /** Events pending when the flush ends, including those accepted during it. */
  readonly pending: number;
  /** Dead letters made during the flush. */
  readonly dead: number;
  /** True if the time ran out with events still pending. */
  readonly timedOut: boolean;
}
