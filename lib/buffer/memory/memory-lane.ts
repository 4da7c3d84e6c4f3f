import type { Reason } from '../../event/reasons.js';
import type { BufferSetup, DeadLetter, LaneLedger, LeaseLimits } from '../event-buffer.js';
import { Fifo } from '../fifo.js';
import { takeLease, type LeaseSource } from '../lease-parts.js';
import { Ledger } from '../ledger.js';
import { GONE, PENDING } from '../slot.js';
import type { ColdBlock } from './cold-block.js';
import type { MemorySlot } from './memory-slot.js';

/** One lane's queue in memory, with its part of the accounting: thawed events in front, cold blocks, hot events behind. */
export class MemoryLane implements LeaseSource<MemorySlot> {
  readonly waiting: { events: number; bytes: number } = { events: 0, bytes: 0 };
  /** Bytes of memory that events are charged with that are not settled. */
  pendingBytes = 0;
  /** Leased events, which cannot be dropped. */
  readonly #out = { events: 0, bytes: 0 };
  /** Bytes of JSON, as estimated, of the hot events that wait. */
  hotBytes = 0;
  readonly #deadLetters: { readonly letter: DeadLetter; readonly bytes: number }[] = [];
  #deadBytes = 0;
  readonly #ledger = new Ledger();
  readonly #front = new Fifo<MemorySlot>();
  readonly #cold = new Fifo<ColdBlock>();
  readonly #hot = new Fifo<MemorySlot>();

  constructor(
    readonly name: string,
    private readonly max: BufferSetup['deadLetters'],
    /** What may be out at once; one event always may. */
    private readonly maxOut: { readonly events: number; readonly bytes: number },
    /** Takes a lane's copies out of a block, and sees to the accounting of the whole buffer. */
    private readonly thaw: (block: ColdBlock, lane: string) => readonly MemorySlot[],
  ) {}

  /** Events that are not settled. */
  get pendingEvents(): number {
    return this.#ledger.pending;
  }

  /** The oldest event that waits. Reading it may take a block out of the cold. */
  get oldest(): MemorySlot | undefined {
    return this.#first();
  }

  /** Position of the oldest event that waits, found without a thaw; Infinity for none. */
  get oldestPosition(): number {
    return (
      this.#front.first?.position ?? this.#cold.first?.firstPosition ?? this.#hot.first?.position ?? Infinity
    );
  }

  add(slot: MemorySlot): void {
    this.#ledger.enter('accepted');
    this.pendingBytes += slot.held.resident;
    this.hotBytes += slot.bytes;
    this.#hot.push(slot);
    this.#count(slot, 1);
  }

  /** The oldest hot event that waits, left where it is; undefined when all that waits is cold, or nothing does. */
  get oldestHot(): MemorySlot | undefined {
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
    this.pendingBytes += slot.bytes - slot.held.resident;
  }

  /** The block that holds events which were chilled here. */
  addCold(block: ColdBlock): void {
    this.#cold.push(block);
  }

  /** Leases from the front what the limits allow; the first event always, unless too much is leased. */
  lease(token: number, limits: LeaseLimits): MemorySlot[] {
    return takeLease(this, token, limits);
  }

  mayLease({ held }: MemorySlot): boolean {
    const { events, bytes } = this.#out;
    return events === 0 || (events < this.maxOut.events && bytes + held.resident <= this.maxOut.bytes);
  }

  countLeased({ held }: MemorySlot): void {
    this.#out.events++;
    this.#out.bytes += held.resident;
  }

  endLease({ held }: MemorySlot): void {
    this.#out.events--;
    this.#out.bytes -= held.resident;
  }

  /** Back to the front: what was taken is older than what waits. */
  putBack(slot: MemorySlot): void {
    slot.lease = PENDING;
    this.#front.pushFirst(slot);
    this.#count(slot, 1);
  }

  /** Takes the oldest waiting event out, to be dropped. */
  dropOldest(): MemorySlot | undefined {
    if (this.#first() === undefined) return undefined;
    return this.shift();
  }

  deliver(slot: MemorySlot): void {
    this.#ledger.deliver();
    slot.held.elsewhere = true;
    this.#release(slot);
  }

  drop(slot: MemorySlot, reason: Reason): void {
    this.#ledger.drop(reason);
    this.#release(slot);
  }

  /** Dead letters, oldest first. */
  get deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters.map(({ letter }) => letter);
  }

  /**
   * An event becomes a dead letter. Returns the older letters that were dropped for it.
   *
   * @param bytes estimated size of the letter
   */
  bury(slot: MemorySlot, letter: DeadLetter, bytes: number): readonly DeadLetter[] {
    this.#ledger.bury();
    this.#release(slot);
    const { maxEvents, maxBytes } = this.max;
    this.#deadLetters.push({ letter, bytes });
    this.#deadBytes += bytes;
    const overflow: DeadLetter[] = [];
    while (this.#deadLetters.length > maxEvents || this.#deadBytes > maxBytes) {
      const oldest = this.#deadLetters.shift()!;
      this.#deadBytes -= oldest.bytes;
      this.#ledger.dropLetters('dead_letters_full');
      overflow.push(oldest.letter);
    }
    return overflow;
  }

  snapshot(): LaneLedger {
    return this.#ledger.snapshot(this.#deadLetters.length);
  }

  #first(): MemorySlot | undefined {
    if (this.#front.length === 0) {
      const block = this.#cold.shift();
      if (block !== undefined) this.#thaw(block);
    }
    return this.#front.first ?? this.#hot.first;
  }

  #thaw(block: ColdBlock): void {
    for (const slot of this.thaw(block, this.name)) {
      this.pendingBytes += slot.held.resident - slot.bytes;
      this.#front.push(slot);
    }
  }

  shift(): MemorySlot {
    const hot = this.#front.length === 0;
    const slot = (hot ? this.#hot : this.#front).shift()!;
    if (hot) this.hotBytes -= slot.bytes;
    this.#count(slot, -1);
    return slot;
  }

  /** An event is settled: this lane needs no room for it any more. */
  #release(slot: MemorySlot): void {
    slot.lease = GONE;
    this.pendingBytes -= slot.held.resident;
  }

  #count(slot: MemorySlot, by: 1 | -1): void {
    this.waiting.events += by;
    this.waiting.bytes += by * slot.bytes;
  }
}
