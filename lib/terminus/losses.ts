import type { Reason, ReasonCounts } from '../event/reasons.js';
import type { TrackingStats } from '../observe/stats.js';

/** Drops that are no loss, or that were requested. */
const ON_PURPOSE: ReadonlySet<string> = new Set<Reason>(['erased', 'given_up', 'lane_removed', 'superseded']);

/** Events that were rejected at the door because the buffer is full. */
export const DOOR = Symbol('door');
/** Unexpected errors in this package. */
export const INTERNAL = Symbol('internal errors');

/** A destination's name, or one of the two above. */
export type Watched = string | typeof DOOR | typeof INTERNAL;

/**
 * The time of the last check that found new losses. Not "since the last check": a load balancer, Kubernetes and a person
 * check in turn, and each must see the loss.
 */
export class Losses {
  readonly #seen = new Map<Watched, { lost: number; at: number }>();

  /** Compares a snapshot with the one before; `now` is monotonic. */
  check({ rejected, lanes, notices }: TrackingStats, now: number): void {
    this.#count(DOOR, rejected.buffer_full, now);
    this.#count(INTERNAL, notices.internal_error ?? 0, now);
    for (const [name, { dropped, declined }] of Object.entries(lanes)) {
      this.#count(name, lost(dropped) + declined.buffer_full, now);
    }
  }

  /** Whether events were lost, or errors happened, in the given milliseconds before `now`. */
  within(ms: number, watched: Watched, now: number): boolean {
    const seen = this.#seen.get(watched);
    return seen !== undefined && seen.lost > 0 && now - seen.at < ms;
  }

  #count(watched: Watched, lost: number, now: number): void {
    if (lost > (this.#seen.get(watched)?.lost ?? 0)) this.#seen.set(watched, { lost, at: now });
  }
}

function lost(dropped: ReasonCounts): number {
  let sum = 0;
  for (const [reason, count] of Object.entries(dropped)) {
    if (!ON_PURPOSE.has(reason)) sum += count;
  }
  return sum;
}
