import { Fifo } from '../../fifo.js';
import type { LeaseSource } from '../../lease-parts.js';
import { PENDING } from '../../slot.js';
import type { Home } from './frame.js';
import type { JournalSlot } from './journal-slot.js';
import type { Segment } from './segment.js';

/** A byte range of a frame or segment with pending events of one lane that are not in memory. */
export interface ByteRange {
  readonly home: Home;
  /** Offset of the next byte to read, in the home. */
  from: number;
  /** The offset at which it ends. */
  to: number;
  /** Events of the lane that were not read yet. */
  events: number;
  /** Bytes of their lines, as far as known. */
  bytes: number;
  /** At most the position of the first event: its number for events of this process, 0 for those of earlier ones. */
  position: number;
}

/** The pending events of one lane: the oldest ones in memory, within a window, and byte ranges of the disk for the others. */
export class JournalQueue implements LeaseSource<JournalSlot> {
  /** Events that are not leased, in memory or not. */
  readonly unleased = { events: 0, bytes: 0 };
  readonly #ready = new Fifo<JournalSlot>();
  #readyResident = 0;
  readonly #leased = new Set<JournalSlot>();
  #leasedResident = 0;
  readonly #ranges = new Fifo<ByteRange>();

  constructor(
    /** Bytes of memory for events that are not leased, and the same again for leased ones. */
    private readonly window: number,
  ) {}

  /** The oldest event that is in memory and not leased. */
  get oldest(): JournalSlot | undefined {
    return this.#ready.first;
  }

  get nextRange(): ByteRange | undefined {
    return this.#ranges.first;
  }

  /** Whether the window has room for so many bytes, and all older events are in memory. */
  hasRoom(resident: number): boolean {
    return this.#ranges.length === 0 && this.#readyResident + resident <= this.window;
  }

  /** Whether the next byte range should be read. */
  get wantsMore(): boolean {
    return this.#ranges.length > 0 && this.#readyResident < this.window / 2;
  }

  add(slot: JournalSlot): void {
    this.#count(1, slot.bytes);
    this.#push(slot);
  }

  /** Adds a range at the end. Merges it with the last one if there is no gap between them. */
  addRange(range: ByteRange): void {
    const { last } = this.#ranges;
    this.#count(range.events, range.bytes);
    if (last?.home === range.home && last.to === range.from) {
      last.to = range.to;
      last.events += range.events;
      last.bytes += range.bytes;
    } else this.#ranges.push(range);
  }

  /** An event of the first byte range was read. */
  read(slot: JournalSlot): void {
    const range = this.#ranges.first!;
    range.events--;
    range.bytes -= slot.bytes;
    this.#push(slot);
  }

  /** The first byte range was read to its end. Returns how many of its events are missing. */
  endRange(): number {
    const { events, bytes } = this.#ranges.shift()!;
    // Some bytes remain, because they were counted with the rest of each line.
    this.#count(-events, -bytes);
    return events;
  }

  /** Removes an event from its byte range, by its offset in the segment. Returns whether a range has it. */
  skip(segment: Segment, offset: number, bytes: number): boolean {
    for (const range of this.#ranges) {
      const { home, from, to } = range;
      const at = offset - home.offset;
      if (home.segment !== segment || at < from || at >= to) continue;
      range.events--;
      range.bytes -= bytes;
      this.#count(-1, -bytes);
      return true;
    }
    return false;
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

  shift(): JournalSlot | undefined {
    const slot = this.#ready.shift();
    if (slot !== undefined) this.#leave(slot);
    return slot;
  }

  putBack(slot: JournalSlot): void {
    this.#ready.pushFirst(slot);
    this.#readyResident += slot.resident;
    this.#count(1, slot.bytes);
  }

  /** Removes unleased events from memory for which `which` is true. */
  remove(which: (slot: JournalSlot) => boolean): JournalSlot[] {
    const removed = this.#ready.remove(which);
    for (const slot of removed) this.#leave(slot);
    return removed;
  }

  /** Ends the leases for which `which` is true. */
  removeLeased(which: (slot: JournalSlot) => boolean): JournalSlot[] {
    const removed = [...this.#leased].filter(which);
    for (const slot of removed) this.endLease(slot);
    return removed;
  }

  removeRanges(which: (range: ByteRange) => boolean): ByteRange[] {
    const removed = this.#ranges.remove(which);
    for (const { events, bytes } of removed) this.#count(-events, -bytes);
    return removed;
  }

  /** The places of events that are not leased, with repetitions. */
  *homes(): Iterable<Home> {
    let last: Home | undefined;
    for (const { home } of this.#ready) {
      if (home !== last) yield home;
      last = home;
    }
    for (const { home } of this.#ranges) yield home;
  }

  /** All events in memory, leased or not. */
  get inMemory(): Iterable<JournalSlot> {
    return [...this.#ready, ...this.#leased];
  }

  isLeased(which: (slot: JournalSlot) => boolean): boolean {
    for (const slot of this.#leased) {
      if (which(slot)) return true;
    }
    return false;
  }

  #push(slot: JournalSlot): void {
    this.#ready.push(slot);
    this.#readyResident += slot.resident;
  }

  #leave(slot: JournalSlot): void {
    this.#readyResident -= slot.resident;
    this.#count(-1, -slot.bytes);
  }

  #count(events: number, bytes: number): void {
    this.unleased.events += events;
    this.unleased.bytes += bytes;
  }
}
