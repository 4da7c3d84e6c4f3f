import type { JournalStats, LaneLedger } from './buffer/event-buffer.js';
import type { LastRefusal } from './event/last-refusal.js';
import type { Notice } from './event/notices.js';
import type { PlanStats } from './plan/plan-stats.js';
import type { Reason, ReasonCounts } from './event/reasons.js';

/** One destination's accounting. `accepted + recovered + adopted + replayed = delivered + pending + dead + dropped + handedOver`. */
export interface LaneStats extends LaneLedger {
  /** Accepted at the door, but not by this destination; they never came in. */
  declined: ReasonCounts;
  /** Delivered, of which the answer could not be read. */
  unverified: number;
  /** Requests. */
  attempts: number;
  /** Requests for events that had been sent before. */
  retries: number;
  /** Why the lane stands still; null while it does not. */
  parked: Reason | null;
  /** The last answer with which the destination refused events; null if it has refused nothing since the process started. */
  lastRefusal: LastRefusal | null;
  oldestPendingMs: number | null;
  /** Events per second that the destination takes, as measured: in flight divided by the round trip. */
  capacityPerSecond: number | null;
}

/**
 * Where every call and every event ended. `called = accepted + rejected + duplicate + suppressed + held`. Counters start at
 * zero with the process.
 */
export interface TrackingStats {
  called: number;
  accepted: number;
  duplicate: number;
  /** Waiting for the end of a `hold()`: none of the others yet. */
  held: number;
  rejected: ReasonCounts;
  suppressed: ReasonCounts;
  lanes: Record<string, LaneStats>;
  /** Things worth knowing that changed no event's fate. */
  notices: Partial<Record<Notice, number>>;
  /** Null with `memory()`. */
  journal: JournalStats | null;
  /** How well events fit the tracking plan. Null without one. */
  plan: PlanStats | null;
}
