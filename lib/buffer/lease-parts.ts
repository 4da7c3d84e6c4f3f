import { isTrack, type HeldEvent } from '../event/lane-event.js';
import type { LeaseLimits } from './event-buffer.js';
import type { Slot } from './slot.js';

/**
 * Which of the events in a queue belong to one lease: those of the first event's part. A lease passes over events of other parts,
 * because kinds of calls that alternate would otherwise make leases of one event. Only `track` events have no order with other
 * calls, so it passes over calls to take `track` events, or the other way round, and no call overtakes another one.
 */
export class LeaseParts<Held extends HeldEvent> {
  /** In the order of the queue. */
  readonly passed: Held[] = [];
  #part: string | undefined;
  #startsWithTrack: boolean | undefined;

  constructor(private readonly limits: Pick<LeaseLimits, 'partition' | 'maxEvents'>) {}

  /** Whether the next event is taken or passed over, or the lease ends before it. */
  next(held: Held): 'take' | 'pass' | 'end' {
    const { partition, maxEvents } = this.limits;
    if (partition === undefined) return 'take';
    const part = partition(held);
    const track = isTrack(held);
    if (this.#startsWithTrack === undefined) {
      this.#startsWithTrack = track;
      this.#part = part;
      return 'take';
    }
    const passedCalls = this.#startsWithTrack && this.passed.length > 0;
    if (part === this.#part) return track || !passedCalls ? 'take' : 'end';
    if (track === this.#startsWithTrack || this.passed.length >= maxEvents) return 'end';
    this.passed.push(held);
    return 'pass';
  }
}

/** The queue of a lane, from which a lease is taken. */
export interface LeaseSource<S extends Slot> {
  readonly oldest: S | undefined;
  /** Whether so much may be leased at once. */
  mayLease(slot: S): boolean;
  /** Removes the oldest event. */
  shift(): S | undefined;
  countLeased(slot: S): void;
  /** An event goes to the front. */
  putBack(slot: S): void;
}

/** Leases the oldest events that the limits allow. */
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
