import type { JournalStats, LaneLedger } from '../buffer/event-buffer.js';
import type { LastRefusal } from '../event/last-refusal.js';
import type { Notice } from './notices.js';
import type { PlanStats } from '../plan/plan-stats.js';
import type { Reason, ReasonCounts } from '../event/reasons.js';

/** One destination's accounting. `accepted + recovered + adopted + replayed = delivered + pending + dead + dropped + handedOver`. */
export interface LaneStats extends LaneLedger {
  /** Events that were accepted, but not by this destination; they never entered the lane. */
  declined: ReasonCounts;
  /** Delivered events whose answer could not be read. */
  unverified: number;
  /** Requests. */
  attempts: number;
  /** Requests for events that had been sent before. */
  retries: number;
  /** Why the lane is parked; null if it is not. */
  parked: Reason | null;
  /** The last answer with which the destination refused events; null if it has refused nothing since the process started. */
  lastRefusal: LastRefusal | null;
  oldestPendingMs: number | null;
  /** Measured capacity in events per second: events in flight divided by the round trip. */
  capacityPerSecond: number | null;
}

/**
 * The outcome of every call and every event. `called = accepted + rejected + duplicate + suppressed + held`. Counters
 * start at zero with the process.
 */
export interface TrackingStats {
  called: number;
  accepted: number;
  duplicate: number;
  /** Calls inside a `hold()` that has not ended; they have no other state yet. */
  held: number;
  rejected: ReasonCounts;
  suppressed: ReasonCounts;
  lanes: Record<string, LaneStats>;
  /** Notices: conditions worth knowing that did not change the outcome of an event. */
  notices: Partial<Record<Notice, number>>;
  /** Null with `memory()`. */
  journal: JournalStats | null;
  /** How well events fit the tracking plan. Null without one. */
  plan: PlanStats | null;
}
