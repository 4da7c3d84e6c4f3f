import type { Reason } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Hold } from './holds/hold.js';

/** How a call ended. */
export interface Verdict {
  /** Absent if the call was rejected. */
  readonly id?: string;
  readonly state: 'accepted' | 'held' | 'duplicate' | 'suppressed' | 'rejected';
  readonly reason?: Reason;
  /** The hold that decides about a held event. */
  readonly hold?: Hold;
  /** The event as it is stored, if one was made. */
  readonly event?: TrackingEvent;
}
