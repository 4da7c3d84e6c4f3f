import type { Observable } from 'rxjs';
import type { JournalStats } from '../buffer/event-buffer.js';
import type { LifecycleEvent } from './lifecycle.js';
import type { Notice } from './notices.js';
import type { LaneStats } from './stats.js';
import type { Reason } from '../event/reasons.js';

/** Counts by reason. Only reasons that occurred are own members. */
type Counts<Word extends string> = Readonly<Partial<Record<Word, number>>>;

/** The part of one destination's accounting that a telemetry reads; see `TrackingStats.lanes`. */
export interface TelemetryLane extends Readonly<Omit<LaneStats, 'dropped' | 'declined' | 'lastRefusal'>> {
  readonly dropped: Counts<Reason>;
  readonly declined: Counts<Reason>;
}

/** The part of a journal's state that a telemetry reads; see `TrackingStats.journal`. */
export interface TelemetryJournal extends Readonly<
  Pick<JournalStats, 'state' | 'bytes' | 'segments' | 'uncommitted' | 'damaged'>
> {}

/** The part of the accounting that a telemetry reads; `TrackingStats` is one. */
export interface TelemetryStats {
  readonly called: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: Counts<Reason>;
  readonly suppressed: Counts<Reason>;
  /** Calls that wait for a transaction to end. */
  readonly held?: number;
  readonly lanes: Readonly<Record<string, TelemetryLane>>;
  readonly notices: Counts<Notice>;
  /** How events fit the tracking plan; absent without one. */
  readonly plan?: { readonly violations: number; readonly unlisted: number } | null;
  readonly journal: TelemetryJournal | null;
}

/** The observed object; `TrackingService` is one. */
export interface TelemetrySource {
  /**
   * The accounting now. Counters start at zero with the process and never decrease; meant to be read every few seconds.
   */
  stats(): TelemetryStats;
  /** Signals of events. A subscription costs a little for each event. */
  readonly lifecycle$: Observable<LifecycleEvent>;
}

/** One request to a destination that has ended. */
export interface AttemptReport {
  /** The destination's name. */
  readonly lane: string;
  /** Milliseconds from the start of the request to the end of its answer. */
  readonly durationMs: number;
  /** Events in it. */
  readonly events: number;
  /** The status of the answer; absent if there was none. */
  readonly status?: number;
  /** Why there was no answer: a code such as `ECONNRESET` or `timeout`. */
  readonly failure?: string;
}

/**
 * An observer for the module's option `telemetry`. It is called outside of requests, except for `traceparent`. An error
 * that it throws is counted (`hook_error`) and does not reach the application.
 */
export interface TrackingTelemetry {
  /** Called when the application starts. Returns a function that is called after tracking has shut down. */
  start(source: TelemetrySource): () => void;
  /**
   * Returns the current trace in the format of W3C's `traceparent` header; undefined for none. Called synchronously for
   * each event.
   */
  traceparent?(): string | undefined;
  /** Called after each request to a destination. */
  attempted?(attempt: AttemptReport): void;
  /** Called when the events of a request are delivered, with the milliseconds since each was accepted. */
  delivered?(lane: string, waitedMs: readonly number[]): void;
}
