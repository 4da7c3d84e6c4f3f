import type { Reason, ReasonCounts } from '../event/reasons.js';
import type { TrackingStats } from '../observe/stats.js';

/** Drops on request, or without a loss. */
const ON_PURPOSE: ReadonlySet<string> = new Set<Reason>(['erased', 'given_up', 'lane_removed', 'superseded']);

/** The door, where events are rejected because no buffer has room. */
export const DOOR = Symbol('door');
/** Unexpected errors in this package. */
export const INTERNAL = Symbol('internal errors');

/** What is watched: a destination by its name, or one of the two above. */
export type Watched = string | typeof DOOR | typeof INTERNAL;

/**
 * When a look last found that events were lost. By time, and not since the last look: a load balancer, Kubernetes and a person
 * look in turn, and each has to see it.
 */
export class Losses {
  readonly #seen = new Map<Watched, { lost: number; at: number }>();

  /** Looks at a snapshot; `now` is monotonic. */
  look({ rejected, lanes, notices }: TrackingStats, now: number): void {
    this.#note(DOOR, rejected.buffer_full, now);
    this.#note(INTERNAL, notices.internal_error ?? 0, now);
    for (const [name, { dropped, declined }] of Object.entries(lanes)) {
      this.#note(name, lost(dropped) + declined.buffer_full, now);
    }
  }

  /** Whether events were lost, or errors happened, in so many milliseconds before `now`. */
  within(ms: number, watched: Watched, now: number): boolean {
    const seen = this.#seen.get(watched);
    return seen !== undefined && seen.lost > 0 && now - seen.at < ms;
  }

  #note(watched: Watched, lost: number, now: number): void {
    if (lost > (this.#seen.get(watched)?.lost ?? 0)) this.#seen.set(watched, { lost, at: now });
  }
}

function lost(dropped: ReasonCounts): number {
  let sum = 0;
  for (const [reason, count] of Object.entries(dropped)) if (!ON_PURPOSE.has(reason)) sum += count;
  return sum;
}
