import type { LeaseSource } from '../../lease-parts.js';
import { PENDING } from '../../slot.js';
import { Fifo } from '../../fifo.js';
import { Backlog, type ByteRange } from './backlog.js';
import type { Home } from './frame.js';
import type { JournalSlot } from './journal-slot.js';

/** The pending events of one lane: the oldest ones in memory, within a window, and byte ranges of the disk for the others. */
export class JournalQueue implements LeaseSource<JournalSlot> {
  /** Events that are not leased, in memory or not. */
  readonly unleased = { events: 0, bytes: 0 };
  readonly backlog = new Backlog();
  readonly #ready = new Fifo<JournalSlot>();
  #readyResident = 0;
  readonly #leased = new Set<JournalSlot>();
  #leasedResident = 0;

  constructor(
    /** Bytes of memory for events that are not leased, and the same again for leased ones. */
    private readonly window: number,
  ) {}

  /** The oldest event that is in memory and not leased. */
  get oldest(): JournalSlot | undefined {
    return this.#ready.first;
  }

  /** Whether the window has room for so many bytes, and all older events are in memory. */
  hasRoom(resident: number): boolean {
    return this.backlog.isEmpty && this.#readyResident + resident <= this.window;
  }

  /** Whether the next byte range should be read. */
  get wantsMore(): boolean {
    return !this.backlog.isEmpty && this.#readyResident < this.window / 2;
  }

  add(slot: JournalSlot): void {
    this.unleased.events++;
    this.unleased.bytes += slot.bytes;
    this.#push(slot);
  }

  addRange(range: ByteRange): void {
    this.unleased.events += range.events;
    this.unleased.bytes += range.bytes;
    this.backlog.add(range);
  }

  /** An event of the first byte range was read. */
  read(slot: JournalSlot): void {
    const range = this.backlog.first!;
    range.events--;
    range.bytes -= slot.bytes;
    this.#push(slot);
  }

  /** The first byte range was read to its end. Returns how many of its events are missing. */
  endRange(): number {
    const { events, bytes } = this.backlog.first!;
    this.backlog.shift();
    // Some bytes remain, because they were counted with the rest of each line.
    this.unleased.events -= events;
    this.unleased.bytes -= bytes;
    return events;
  }

  mayLease(slot: JournalSlot): boolean {
    return this.#leased.size === 0 || this.#leasedResident + slot.resident <= this.window;
  }

  countLeased(slot: JournalSlot): void {
    this.#leased.add(slot);
    this.#leasedResident += slot.resident;
  }

  endLease(slot: JournalSlot): void {
    this.#leased.delete(slot);
    this.#leasedResident -= slot.resident;
  }

  /** Ends a lease, and puts the event to the front, because it is older than the others. */
  giveBack(slot: JournalSlot): void {
    this.endLease(slot);
    slot.lease = PENDING;
    this.putBack(slot);
  }

  /** Removes unleased events from memory for which `which` is true. */
  remove(which: (slot: JournalSlot) => boolean): JournalSlot[] {
    const removed: JournalSlot[] = [];
    for (let left = this.#ready.length; left > 0; left--) {
      const slot = this.shift()!;
      if (which(slot)) removed.push(slot);
      else this.add(slot);
    }
    return removed;
  }

  /** Ends the leases for which `which` is true. */
  removeLeased(which: (slot: JournalSlot) => boolean): JournalSlot[] {
    const removed = [...this.#leased].filter(which);
    for (const slot of removed) this.endLease(slot);
    return removed;
  }

  removeRanges(which: (range: ByteRange) => boolean): ByteRange[] {
    const removed = this.backlog.remove(which);
    for (const { events, bytes } of removed) {
      this.unleased.events -= events;
      this.unleased.bytes -= bytes;
    }
    return removed;
  }

  /** An event was removed from a byte range. */
  skip(range: ByteRange, bytes: number): void {
    range.events--;
    range.bytes -= bytes;
    this.unleased.events--;
    this.unleased.bytes -= bytes;
  }

  /** The places of events that are not leased, with repetitions. */
  *homes(): Iterable<Home> {
    let last: Home | undefined;
    for (const { home } of this.#ready) {
      if (home !== last) yield home;
      last = home;
    }
    for (const { home } of this.backlog) yield home;
  }

  /** All events in memory, leased or not. */
  get inMemory(): Iterable<JournalSlot> {
    return [...this.#ready, ...this.#leased];
  }

  isLeased(which: (slot: JournalSlot) => boolean): boolean {
    for (const slot of this.#leased) if (which(slot)) return true;
    return false;
  }

  #push(slot: JournalSlot): void {
    this.#ready.push(slot);
    this.#readyResident += slot.resident;
  }

  shift(): JournalSlot | undefined {
    const slot = this.#ready.shift();
    if (slot === undefined) return undefined;
    this.#readyResident -= slot.resident;
    this.unleased.events--;
    this.unleased.bytes -= slot.bytes;
    return slot;
  }

  putBack(slot: JournalSlot): void {
    this.#ready.pushFirst(slot);
    this.#readyResident += slot.resident;
    this.unleased.events++;
    this.unleased.bytes += slot.bytes;
  }
}
