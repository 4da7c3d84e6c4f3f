import { countReason } from '../../event/reasons.js';
import type { Reason } from '../../event/reasons.js';
import type { DeadLetter, LaneLedger, LeaseLimits } from '../event-buffer.js';
import { Fifo } from './fifo.js';
import type { Slot } from './slot.js';

/** One lane's queue in memory, with its part of the accounting. */
export class MemoryLane {
  readonly waiting: { events: number; bytes: number } = { events: 0, bytes: 0 };
  /** Everything not settled, waiting or under way, by resident bytes. */
  readonly holds = { events: 0, bytes: 0 };
  readonly deadLetters: DeadLetter[] = [];
  readonly ledger: Omit<LaneLedger, 'pending' | 'dead'> = {
    accepted: 0,
    recovered: 0,
    adopted: 0,
    replayed: 0,
    delivered: 0,
    dropped: {},
    handedOver: 0,
    redriven: 0,
  };
  readonly #queue = new Fifo<Slot>();

  constructor(
    readonly name: string,
    private readonly maxDeadLetters: number,
  ) {}

  get oldest(): Slot | undefined {
    return this.#queue.first;
  }

  add(slot: Slot): void {
    this.ledger.accepted++;
    this.holds.events++;
    this.holds.bytes += slot.held.resident;
    this.#queue.push(slot);
    this.#count(slot, 1);
  }

  /** Hands out from the front what the limits allow; the first event always. */
  take(lease: number, limits: LeaseLimits): Slot[] {
    const taken: Slot[] = [];
    let bytes = 0;
    let part: string | undefined;
    for (
      let next = this.#queue.first;
      next !== undefined && taken.length < limits.maxEvents;
      next = this.#queue.first
    ) {
      bytes += next.bytes;
      if (taken.length > 0 && bytes > limits.maxBytes) break;
      const nextPart = limits.partition?.(next);
      if (taken.length === 0) part = nextPart;
      else if (nextPart !== part) break;
      this.#queue.shift();
      this.#count(next, -1);
      next.lease = lease;
      taken.push(next);
    }
    return taken;
  }

  /** Back to the front: what was taken is older than what waits. */
  putBack(slot: Slot): void {
    this.#queue.pushFirst(slot);
    this.#count(slot, 1);
  }

  /** Takes the oldest waiting event out, to be dropped. */
  dropOldest(): Slot | undefined {
    const slot = this.#queue.shift();
    if (slot !== undefined) this.#count(slot, -1);
    return slot;
  }

  /** An event is settled: it takes no room of this lane's any more. */
  release(slot: Slot): void {
    this.holds.events--;
    this.holds.bytes -= slot.held.resident;
  }

  countDropped(reason: Reason): void {
    countReason(this.ledger.dropped, reason);
  }

  /** Keeps a dead letter; returns the one that had to make room for it. */
  bury(letter: DeadLetter): DeadLetter | undefined {
    this.deadLetters.push(letter);
    if (this.deadLetters.length <= this.maxDeadLetters) return undefined;
    this.countDropped('dead_letters_full');
    return this.deadLetters.shift();
  }

  snapshot(): LaneLedger {
    return {
      ...this.ledger,
      dropped: { ...this.ledger.dropped },
      pending: this.holds.events,
      dead: this.deadLetters.length,
    };
  }

  #count(slot: Slot, by: 1 | -1): void {
    this.waiting.events += by;
    this.waiting.bytes += by * slot.bytes;
  }
}
