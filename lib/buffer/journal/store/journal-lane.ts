import { countReason, reasonCounts } from '../../../event/reasons.js';
import type { Reason } from '../../../event/reasons.js';
import type { LaneLedger, LeaseLimits } from '../../event-buffer.js';
import { LeaseParts } from '../../lease-parts.js';
import { Fifo } from '../../memory/fifo.js';
import { Backlog } from './backlog.js';
import type { Stretch } from './backlog.js';
import { GONE, WAITS } from './held.js';
import type { Home } from './home.js';
import type { Slot } from './held.js';

/**
 * One lane's queue, with its part of the accounting: a window of events in memory, and behind it stretches of the disk that
 * are read into the window in their order.
 */
export class JournalLane {
  /** Committed and not leased, at hand or not. */
  readonly waiting = { events: 0, bytes: 0 };
  readonly backlog = new Backlog();
  /** Accepted, and not offered to this lane before they are on disk. */
  uncommitted = 0;
  /** All that is not settled. */
  pending = 0;
  /** A stretch is being read. */
  loading = false;
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
  readonly #ready = new Fifo<Slot>();
  #readyResident = 0;
  readonly #out = new Set<Slot>();
  #outResident = 0;

  constructor(
    readonly name: string,
    /** Bytes of memory for what is ready, and the same once more for what is out. */
    private readonly window: number,
  ) {}

  /** The oldest event that is at hand. */
  get oldest(): Slot | undefined {
    return this.#ready.first;
  }

  /** Events that are at hand. */
  get atHand(): number {
    return this.#ready.length;
  }

  /** Whether the window takes so many bytes more without getting ahead of what is on disk. */
  hasRoom(resident: number): boolean {
    return this.backlog.isEmpty && this.#readyResident + resident <= this.window;
  }

  /** Whether it is time to read on. */
  get wantsMore(): boolean {
    return !this.loading && !this.backlog.isEmpty && this.#readyResident < this.window / 2;
  }

  /** An event comes to hand, and counts as waiting. */
  add(slot: Slot): void {
    this.waiting.events++;
    this.waiting.bytes += slot.bytes;
    this.#push(slot);
  }

  /** Events wait on disk from now on. */
  addStretch(stretch: Stretch): void {
    this.waiting.events += stretch.events;
    this.waiting.bytes += stretch.bytes;
    this.backlog.add(stretch);
  }

  /** An event of the first stretch was read. */
  read(slot: Slot): void {
    const stretch = this.backlog.first!;
    stretch.events--;
    stretch.bytes -= slot.bytes;
    this.#push(slot);
  }

  /** The first stretch is read to its end; returns how many events it should have had, and has not. */
  endStretch(): number {
    const { events, bytes } = this.backlog.first!;
    this.backlog.shift();
    // Its bytes were counted with what our lines add to them, so there is always a rest.
    this.waiting.events -= events;
    this.waiting.bytes -= bytes;
    return events;
  }

  /** Hands out from the front what the limits allow; the first event always, unless too much is out. */
  take(lease: number, limits: LeaseLimits): Slot[] {
    const taken: Slot[] = [];
    const parts = new LeaseParts<Slot>(limits);
    let bytes = 0;
    for (
      let next = this.#ready.first;
      next !== undefined && taken.length < limits.maxEvents && this.#mayGoOut(next);
      next = this.#ready.first
    ) {
      if (taken.length > 0 && bytes + next.bytes > limits.maxBytes) break;
      const decision = parts.next(next);
      if (decision === 'end') break;
      this.shift();
      if (decision === 'pass') continue;
      bytes += next.bytes;
      next.lease = lease;
      this.#out.add(next);
      this.#outResident += next.resident;
      taken.push(next);
    }
    for (const passed of parts.passed.toReversed()) this.putBack(passed);
    return taken;
  }

  /** Takes the oldest event that is at hand. */
  shift(): Slot | undefined {
    const slot = this.#ready.shift();
    if (slot === undefined) return undefined;
    this.#readyResident -= slot.resident;
    this.waiting.events--;
    this.waiting.bytes -= slot.bytes;
    return slot;
  }

  /** A lease ends, whatever becomes of the event. */
  endLease(slot: Slot): void {
    this.#out.delete(slot);
    this.#outResident -= slot.resident;
  }

  /** Back to the front: what was taken is older than what waits. */
  putBack(slot: Slot): void {
    slot.lease = WAITS;
    this.#ready.pushFirst(slot);
    this.#readyResident += slot.resident;
    this.waiting.events++;
    this.waiting.bytes += slot.bytes;
  }

  /** Takes out of memory what `which` holds for and is not out; each is gone then. */
  removeReady(which: (slot: Slot) => boolean): Slot[] {
    const removed: Slot[] = [];
    for (let left = this.#ready.length; left > 0; left--) {
      const slot = this.shift()!;
      if (which(slot)) {
        slot.lease = GONE;
        removed.push(slot);
      } else this.add(slot);
    }
    return removed;
  }

  /** Takes out the stretches that `which` holds for. */
  removeStretches(which: (stretch: Stretch) => boolean): Stretch[] {
    const removed = this.backlog.remove(which);
    for (const { events, bytes } of removed) {
      this.waiting.events -= events;
      this.waiting.bytes -= bytes;
    }
    return removed;
  }

  /** An event of a stretch will not be found in it. */
  skip(stretch: Stretch, bytes: number): void {
    stretch.events--;
    stretch.bytes -= bytes;
    this.waiting.events--;
    this.waiting.bytes -= bytes;
  }

  /** Where what waits is kept; one may come more than once. */
  *homes(): Iterable<Home> {
    let last: Home | undefined;
    for (const { home } of this.#ready) {
      if (home !== last) yield home;
      last = home;
    }
    for (const { home } of this.backlog) yield home;
  }

  /** All events in memory, waiting or out. */
  get inMemory(): Iterable<Slot> {
    return [...this.#ready, ...this.#out];
  }

  /** Events that are out. */
  get out(): Iterable<Slot> {
    return this.#out;
  }

  countDropped(reason: Reason, events = 1): void {
    if (events === 1) countReason(this.ledger.dropped, reason);
    else this.ledger.dropped[reason] += events;
  }

  snapshot(dead: number): LaneLedger {
    return { ...this.ledger, dropped: reasonCounts(this.ledger.dropped), pending: this.pending, dead };
  }

  #push(slot: Slot): void {
    this.#ready.push(slot);
    this.#readyResident += slot.resident;
  }

  #mayGoOut(slot: Slot): boolean {
    return this.#out.size === 0 || this.#outResident + slot.resident <= this.window;
  }
}
