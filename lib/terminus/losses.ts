import type { Reason, ReasonCounts } from '../event/reasons.js';
import type { TrackingStats } from '../stats.js';

/** Drops on request, or without a loss. */
const ON_PURPOSE: ReadonlySet<string> = new Set<Reason>(['erased', 'given_up', 'lane_removed', 'superseded']);

/**
 * When a look last found that events were lost. By time, and not since the last look: a load balancer, Kubernetes and a person
 * look in turn, and each has to see it.
 */
export class Losses {
  readonly #seen = new Map<string | undefined, { lost: number; at: number }>();

  /** Looks at a snapshot; `now` is monotonic. */
  look({ rejected, lanes }: TrackingStats, now: number): void {
    this.#note(undefined, rejected.buffer_full, now);
    for (const [name, { dropped, declined }] of Object.entries(lanes)) {
      this.#note(name, lost(dropped) + declined.buffer_full, now);
    }
  }

  /** Whether a destination, or the door where none is named, has lost events in so many milliseconds before `now`. */
  within(ms: number, destination: string | undefined, now: number): boolean {
    const seen = this.#seen.get(destination);
    return seen !== undefined && seen.lost > 0 && now - seen.at < ms;
  }

  #note(name: string | undefined, lost: number, now: number): void {
    if (lost > (this.#seen.get(name)?.lost ?? 0)) this.#seen.set(name, { lost, at: now });
  }
}

function lost(dropped: ReasonCounts): number {
  let sum = 0;
  for (const [reason, count] of Object.entries(dropped)) if (!ON_PURPOSE.has(reason)) sum += count;
  return sum;
}
