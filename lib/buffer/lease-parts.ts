import { isTrack, type HeldEvent } from '../event/lane-event.js';
import type { LeaseLimits } from './event-buffer.js';
import type { Slot } from './slot.js';

/**
 * Decides which events of a queue belong to one lease: those of the first event's part. A lease passes over events of other parts;
 * otherwise, alternating kinds of calls would make leases of one event. Only `track` events have no order with other calls: a lease
 * of `track` events passes over calls, and a lease of calls over `track` events. No call overtakes another call.
 */
class LeaseParts<E extends HeldEvent> {
  /** In the order of the queue. */
  readonly passed: E[] = [];
  #part: string | undefined;
  #startsWithTrack: boolean | undefined;

  constructor(private readonly limits: Pick<LeaseLimits, 'partition' | 'maxEvents'>) {}

  /** Whether the lease takes the next event, passes over it, or ends before it. */
  next(event: E): 'take' | 'pass' | 'end' {
    const { partition, maxEvents } = this.limits;
    if (partition === undefined) return 'take';
    const part = partition(event);
    const track = isTrack(event);
    if (this.#startsWithTrack === undefined) {
      this.#startsWithTrack = track;
      this.#part = part;
      return 'take';
    }
    const passedCalls = this.#startsWithTrack && this.passed.length > 0;
    if (part === this.#part) return track || !passedCalls ? 'take' : 'end';
    if (track === this.#startsWithTrack || this.passed.length >= maxEvents) return 'end';
    this.passed.push(event);
    return 'pass';
  }
}

/** The queue of a lane. */
export interface LeaseSource<S extends Slot> {
  readonly oldest: S | undefined;
  /** Whether the lane may lease one more event before it settles others. */
  mayLease(slot: S): boolean;
  /** Removes the oldest event. */
  shift(): S | undefined;
  countLeased(slot: S): void;
  /** Puts an event in front of all others. */
  putBack(slot: S): void;
}

/** Leases the oldest events within the limits. The first one is leased even if it alone is larger. */
export function takeLease<S extends Slot>(source: LeaseSource<S>, token: number, limits: LeaseLimits): S[] {
  const leased: S[] = [];
  const parts = new LeaseParts<S>(limits);
  let bytes = 0;
  while (leased.length < limits.maxEvents) {
    const next = source.oldest;
    if (next === undefined || !source.mayLease(next)) break;
    if (leased.length > 0 && bytes + next.bytes > limits.maxBytes) break;
    const decision = parts.next(next);
    if (decision === 'end') break;
    source.shift();
    if (decision === 'pass') continue;
    bytes += next.bytes;
    next.lease = token;
    source.countLeased(next);
    leased.push(next);
  }
  for (const passed of parts.passed.toReversed()) source.putBack(passed);
  return leased;
}
