import type { Observable } from 'rxjs';
import type { LifecycleEvent } from './lifecycle.js';
import type { Notice } from './notices.js';
import type { Reason } from './reasons.js';

/** Counts by reason; only those that occurred are members of its own. */
type Counts<Word extends string> = Readonly<Partial<Record<Word, number>>>;

/** What a telemetry may read of one destination's accounting; see `TrackingStats.lanes`. */
export interface TelemetryLane {
  readonly accepted: number;
  readonly recovered: number;
  readonly adopted: number;
  readonly replayed: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly dropped: Counts<Reason>;
  readonly handedOver: number;
  readonly redriven: number;
  readonly declined: Counts<Reason>;
  readonly unverified: number;
  readonly attempts: number;
  readonly retries: number;
  readonly parked: Reason | null;
  readonly oldestPendingMs: number | null;
  readonly capacityPerSecond: number | null;
}

/** What a telemetry may read of a journal; see `TrackingStats.journal`. */
export interface TelemetryJournal {
  readonly state: 'opening' | 'open' | 'failing' | 'closed';
  readonly bytes: number;
  readonly segments: number;
  readonly uncommitted: number;
  readonly damaged: number;
}

/** What a telemetry may read of the accounting; `TrackingStats` is one. */
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

/** What is observed; `TrackingService` is one. */
export interface TelemetrySource {
  /** The accounting now. Counters start at zero with the process and never go back; made for one look every few seconds. */
  stats(): TelemetryStats;
  /** What happens to events. To be observed costs something for each of them. */
  readonly lifecycle$: Observable<LifecycleEvent>;
}

/** One request to a destination that has ended. */
export interface AttemptReport {
  /** The destination's name. */
  readonly lane: string;
  /** From its beginning to the end of its answer, in milliseconds. */
  readonly durationMs: number;
  /** Events in it. */
  readonly events: number;
  /** The status of its answer; absent where there was none. */
  readonly status?: number;
  /** Why there was no answer: a code such as `ECONNRESET` or `timeout`. */
  readonly failure?: string;
}

/**
 * What the module's option `telemetry` takes: something that watches. It is called outside of requests, but for
 * `traceparent`, and what it throws is counted (`hook_error`) and goes no further.
 */
export interface TrackingTelemetry {
  /** The application starts. Returns what is called when it has shut down its tracking. */
  start(source: TelemetrySource): () => void;
  /**
   * The trace that the running code belongs to, in the format of W3C's `traceparent` header; undefined for none. Asked for
   * each event while its caller waits.
   */
  traceparent?(): string | undefined;
  /** A request to a destination has ended. */
  attempted?(attempt: AttemptReport): void;
  /** Events of one request are delivered; for each the milliseconds since it was accepted. */
  delivered?(lane: string, waitedMs: readonly number[]): void;
}
