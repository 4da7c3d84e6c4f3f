import type { Reason } from '../../event/reasons.js';
import type { BufferSetup, DeadLetter, LaneLedger } from '../event-buffer.js';
import { Fifo } from '../fifo.js';
import type { LeaseSource } from '../lease-parts.js';
import { Ledger } from '../ledger.js';
import { GONE, PENDING } from '../slot.js';
import type { ColdBlock } from './cold-block.js';
import type { MemorySlot } from './memory-slot.js';

/** One lane: its accounting, and its queue in memory: thawed events, then cold blocks, then hot events. */
export class MemoryLane implements LeaseSource<MemorySlot> {
  /** Pending events that are not leased. */
  readonly unleased = { events: 0, bytes: 0 };
  /** Memory that pending events are charged with. */
  pendingBytes = 0;
  readonly #leased = { events: 0, bytes: 0 };
  /** Estimated bytes of JSON of the hot events. */
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
    /** Limits of leased events; one event may always be leased. */
    private readonly maxLeased: { readonly events: number; readonly bytes: number },
    /** Takes a lane's copies out of a block, and counts them in the buffer. */
    private readonly thaw: (block: ColdBlock, lane: string) => readonly MemorySlot[],
  ) {}

  /** Events that are not settled, leased or not. */
  get pendingEvents(): number {
    return this.#ledger.pending;
  }

  /** The oldest event that is not leased. Reading it may thaw a block. */
  get oldest(): MemorySlot | undefined {
    if (this.#front.length === 0) {
      const block = this.#cold.shift();
      if (block !== undefined) this.#thaw(block);
    }
    return this.#front.first ?? this.#hot.first;
  }

  /** Position of the oldest event that is not leased, found without a thaw; Infinity for none. */
  get oldestPosition(): number {
    return (
      this.#front.first?.position ?? this.#cold.first?.firstPosition ?? this.#hot.first?.position ?? Infinity
    );
  }

  add(slot: MemorySlot): void {
    this.#ledger.enter('accepted');
    this.pendingBytes += slot.stored.resident;
    this.hotBytes += slot.bytes;
    this.#hot.push(slot);
    this.#count(slot, 1);
  }

  /** The oldest hot event. It stays in the queue. */
  get oldestHot(): MemorySlot | undefined {
    return this.#hot.first;
  }

  /** Memory of leased events, which cannot be dropped. */
  get leasedBytes(): number {
    return this.#leased.bytes;
  }

  /** Removes the oldest hot event, which moved to a block. */
  chillOldestHot(): void {
    const slot = this.#hot.shift()!;
    slot.lease = GONE;
    this.hotBytes -= slot.bytes;
    this.pendingBytes += slot.bytes - slot.stored.resident;
  }

  /** Adds the block that has the removed hot events. */
  addCold(block: ColdBlock): void {
    this.#cold.push(block);
  }

  mayLease({ stored }: MemorySlot): boolean {
    const { events, bytes } = this.#leased;
    const { maxLeased } = this;
    return events === 0 || (events < maxLeased.events && bytes + stored.resident <= maxLeased.bytes);
  }

  countLeased({ stored }: MemorySlot): void {
    this.#leased.events++;
    this.#leased.bytes += stored.resident;
  }

  endLease({ stored }: MemorySlot): void {
    this.#leased.events--;
    this.#leased.bytes -= stored.resident;
  }

  /** Puts an event to the front, because it is older than the others. */
  putBack(slot: MemorySlot): void {
    slot.lease = PENDING;
    this.#front.pushFirst(slot);
    this.#count(slot, 1);
  }

  shift(): MemorySlot | undefined {
    const { oldest } = this;
    if (oldest === undefined) return undefined;
    if (this.#front.shift() === undefined) {
      this.#hot.shift();
      this.hotBytes -= oldest.bytes;
    }
    this.#count(oldest, -1);
    return oldest;
  }

  deliver(slot: MemorySlot): void {
    this.#ledger.deliver();
    slot.stored.elsewhere = true;
    this.#release(slot);
  }

  drop(slot: MemorySlot, reason: Reason): void {
    this.#ledger.drop(reason);
    this.#release(slot);
  }

  get deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters.map(({ letter }) => letter);
  }

  /**
   * An event becomes a dead letter. Returns the older letters that were dropped to make room.
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

  #thaw(block: ColdBlock): void {
    for (const slot of this.thaw(block, this.name)) {
      this.pendingBytes += slot.stored.resident - slot.bytes;
      this.#front.push(slot);
    }
  }

  /** A settled event takes no room in this lane any more. */
  #release(slot: MemorySlot): void {
    slot.lease = GONE;
    this.pendingBytes -= slot.stored.resident;
  }

  #count(slot: MemorySlot, by: 1 | -1): void {
    this.unleased.events += by;
    this.unleased.bytes += by * slot.bytes;
  }
}
