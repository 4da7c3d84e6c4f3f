import type { Reason } from '../event/reasons.js';
import type { EventType, TrackingEvent } from '../event/tracking-event.js';

/** How one call ended. */
export interface CallEnd {
  readonly state: 'accepted' | 'duplicate' | 'suppressed' | 'rejected';
  readonly reason?: Reason | undefined;
  /** As the caller gave it; absent where nobody knows it any more. */
  readonly name?: unknown;
  readonly type?: EventType | undefined;
  readonly source?: string | undefined;
  /** Absent where none was made. */
  readonly event?: TrackingEvent | undefined;
  readonly error?: unknown;
}

/** Looks on at the door, at once and on the caller's thread: a test's recorder. It never throws. */
export interface Witness {
  saw(end: CallEnd): void;
}
