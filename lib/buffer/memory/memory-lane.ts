import { countReason, reasonCounts } from '../../event/reasons.js';
import type { Reason } from '../../event/reasons.js';
import type { BufferSetup, DeadLetter, LaneLedger, LeaseLimits } from '../event-buffer.js';
import { LeaseParts } from '../lease-parts.js';
import type { ColdBlock } from './cold-block.js';
import { Fifo } from './fifo.js';
import { GONE, WAITS } from './slot.js';
import type { Slot } from './slot.js';

/** One lane's queue in memory, with its part of the accounting: thawed events in front, cold blocks, hot events behind. */
export class MemoryLane {
  readonly waiting: { events: number; bytes: number } = { events: 0, bytes: 0 };
  /** Everything not settled, waiting or under way, and the bytes of memory that it is charged with. */
  readonly holds = { events: 0, bytes: 0 };
  /** Of these what is out by lease, and cannot be dropped. */
  readonly #out = { events: 0, bytes: 0 };
  /** Bytes of JSON, as estimated, of the hot events that wait. */
  hotBytes = 0;
  readonly #deadLetters: { readonly letter: DeadLetter; readonly bytes: number }[] = [];
  #deadBytes = 0;
  readonly ledger: Omit<LaneLedger, 'pending' | 'dead'> = {
    accepted: 0,
    recovered: 0,
    adopted: 0,
    replayed: 0,
    delivered: 0,
    dropped: reasonCounts(),
    handedOver: 0,
    redriven: 0,
  };
  readonly #front = new Fifo<Slot>();
  readonly #cold = new Fifo<ColdBlock>();
  readonly #hot = new Fifo<Slot>();

  constructor(
    readonly name: string,
    private readonly max: BufferSetup['deadLetters'],
    /** What may be out at once; one event always may. */
    private readonly maxOut: { readonly events: number; readonly bytes: number },
    /** Takes a lane's copies out of a block, and sees to the accounting of the whole buffer. */
    private readonly thaw: (block: ColdBlock, lane: string) => readonly Slot[],
  ) {}

  /** The oldest event that waits. Reading it may take a block out of the cold. */
  get oldest(): Slot | undefined {
    return this.#first();
  }

  /** Position of the oldest event that waits, found without a thaw; Infinity for none. */
  get oldestPosition(): number {
    return (
      this.#front.first?.position ?? this.#cold.first?.firstPosition ?? this.#hot.first?.position ?? Infinity
    );
  }

  add(slot: Slot): void {
    this.ledger.accepted++;
    this.holds.events++;
    this.holds.bytes += slot.held.resident;
    this.hotBytes += slot.bytes;
    this.#hot.push(slot);
    this.#count(slot, 1);
  }

  /** The oldest hot event that waits, left where it is; undefined when all that waits is cold, or nothing does. */
  get oldestHot(): Slot | undefined {
    return this.#hot.first;
  }

  /** Bytes that cannot be dropped, because they are out by lease. */
  get bytesOut(): number {
    return this.#out.bytes;
  }

  /** The oldest hot event leaves for a block. Only the oldest: what waits stays in order, and no queue holds dead slots. */
  chillOldestHot(): void {
    const slot = this.#hot.shift()!;
    slot.lease = GONE;
    this.hotBytes -= slot.bytes;
    this.holds.bytes += slot.bytes - slot.held.resident;
  }

  /** The block that holds events which were chilled here. */
  addCold(block: ColdBlock): void {
    this.#cold.push(block);
  }

  /** Hands out from the front what the limits allow; the first event always, unless too much is out. */
  take(lease: number, limits: LeaseLimits): Slot[] {
    const taken: Slot[] = [];
    const parts = new LeaseParts<Slot>(limits);
    let bytes = 0;
    for (
      let next = this.#first();
      next !== undefined && taken.length < limits.maxEvents && this.#mayGoOut(next);
      next = this.#first()
    ) {
      if (taken.length > 0 && bytes + next.bytes > limits.maxBytes) break;
      const decision = parts.next(next);
      if (decision === 'end') break;
      this.#shift();
      if (decision === 'pass') continue;
      bytes += next.bytes;
      next.lease = lease;
      this.#countOut(next, 1);
      taken.push(next);
    }
    for (const passed of parts.passed.toReversed()) this.putBack(passed);
    return taken;
  }

  /** An event's lease ends, whatever becomes of it. */
  endLease(slot: Slot): void {
    this.#countOut(slot, -1);
  }

  /** Back to the front: what was taken is older than what waits. */
  putBack(slot: Slot): void {
    slot.lease = WAITS;
    this.#front.pushFirst(slot);
    this.#count(slot, 1);
  }

  /** Takes the oldest waiting event out, to be dropped. */
  dropOldest(): Slot | undefined {
    if (this.#first() === undefined) return undefined;
    const slot = this.#shift();
    slot.lease = GONE;
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

  /** Dead letters, oldest first. */
  get deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters.map(({ letter }) => letter);
  }

  /**
   * Keeps a dead letter; returns the older ones that were dropped for it.
   *
   * @param bytes estimated size of the letter
   */
  bury(letter: DeadLetter, bytes: number): readonly DeadLetter[] {
    const { maxEvents, maxBytes } = this.max;
    this.#deadLetters.push({ letter, bytes });
    this.#deadBytes += bytes;
    const overflow: DeadLetter[] = [];
    while (this.#deadLetters.length > maxEvents || this.#deadBytes > maxBytes) {
      const oldest = this.#deadLetters.shift()!;
      this.#deadBytes -= oldest.bytes;
      this.countDropped('dead_letters_full');
      overflow.push(oldest.letter);
    }
    return overflow;
  }

  snapshot(): LaneLedger {
    return {
      ...this.ledger,
      dropped: reasonCounts(this.ledger.dropped),
      pending: this.holds.events,
      dead: this.#deadLetters.length,
    };
  }

  #first(): Slot | undefined {
    if (this.#front.length === 0) {
      const block = this.#cold.shift();
      if (block !== undefined) this.#thaw(block);
    }
    return this.#front.first ?? this.#hot.first;
  }

  #thaw(block: ColdBlock): void {
    for (const slot of this.thaw(block, this.name)) {
      this.holds.bytes += slot.held.resident - slot.bytes;
      this.#front.push(slot);
    }
  }

  #shift(): Slot {
    const hot = this.#front.length === 0;
    const slot = (hot ? this.#hot : this.#front).shift()!;
    if (hot) this.hotBytes -= slot.bytes;
    this.#count(slot, -1);
    return slot;
  }

  #mayGoOut({ held }: Slot): boolean {
    const { events, bytes } = this.#out;
    return events === 0 || (events < this.maxOut.events && bytes + held.resident <= this.maxOut.bytes);
  }

  #countOut({ held }: Slot, by: 1 | -1): void {
    this.#out.events += by;
    this.#out.bytes += by * held.resident;
  }

  #count(slot: Slot, by: 1 | -1): void {
    this.waiting.events += by;
    this.waiting.bytes += by * slot.bytes;
  }
}
