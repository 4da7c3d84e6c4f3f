import type { Reason } from '../event/reasons.js';
import type { EventType, TrackingEvent } from '../event/tracking-event.js';

/** How one call ended. */
export interface CallEnd {
  readonly state: 'accepted' | 'duplicate' | 'suppressed' | 'rejected';
  readonly reason?: Reason | undefined;
  /** As the caller gave it, if known. */
  readonly name?: unknown;
  readonly type?: EventType | undefined;
  readonly source?: string | undefined;
  /** If one was made. */
  readonly event?: TrackingEvent | undefined;
  readonly error?: unknown;
}

/** Observes the door, synchronously: the recorder of a test. It never throws. */
export interface Observer {
  saw(end: CallEnd): void;
}
