import type { Reason } from '../../../event/reasons.js';
import type { LaneLedger, LeaseLimits, Settlement, Waiting } from '../../event-buffer.js';
import { Ledger, type Entrance } from '../../ledger.js';
import { takeLease } from '../../lease-parts.js';
import { GONE } from '../../slot.js';
import type { ReadRecord } from '../format/record.js';
import { journalMessages } from '../journal.messages.js';
import { BacklogReader } from './backlog-reader.js';
import type { DamagedLines } from './damaged-lines.js';
import type { DeadLetters } from './dead-letters.js';
import type { Environment } from './environment.js';
import type { Frame, Home, LanePart } from './frame.js';
import { AcceptedSlot, type JournalSlot, ReadSlot } from './journal-slot.js';
import { JournalQueue, type ByteRange } from './journal-queue.js';
import type { Segment } from './segment.js';

/** One lane: its queue, its accounting, and the reader of its backlog. Only the lane changes them. */
export class JournalLane {
  readonly #queue: JournalQueue;
  readonly #ledger = new Ledger();
  readonly #reader: BacklogReader;
  /** Events whose frame is not exposed yet. */
  #unexposed = 0;

  constructor(
    readonly name: string,
    window: number,
    private readonly env: Environment,
    private readonly letters: DeadLetters,
    private readonly damaged: DamagedLines,
  ) {
    const queue = new JournalQueue(window);
    const onRead = (): void => this.announce();
    // They stay in their segment: the next process may be able to read them.
    const onMissing = (home: Home, events: number): void => this.lose('damaged', events, home.segment);
    this.#queue = queue;
    this.#reader = new BacklogReader(name, queue, env, damaged, onRead, onMissing);
  }

  /** Pending events that are not leased, in memory or not. */
  get unleased(): Waiting {
    return this.#queue.unleased;
  }

  /** The oldest event that is in memory and not leased. */
  get oldest(): JournalSlot | undefined {
    return this.#queue.oldest;
  }

  /** Position of the first event that is not leased; Infinity for none. */
  firstPosition({ firstUnexposed }: { readonly firstUnexposed: number }): number {
    const { oldest, nextRange } = this.#queue;
    const inQueue = oldest?.position ?? nextRange?.position;
    if (inQueue !== undefined) return inQueue;
    return this.#unexposed > 0 ? firstUnexposed : Infinity;
  }

  /** An event becomes pending. The lane gets it when its frame is {@link expose exposed}. */
  enter(as: Entrance): void {
    this.#ledger.enter(as);
    this.#unexposed++;
  }

  /** The frame was written, or the disk rejects it: the lane gets its events. */
  expose(frame: Frame): void {
    const part = frame.lanes.get(this.name)!;
    this.#unexposed -= part.events;
    if (frame.objects !== undefined && this.#queue.hasRoom(frame.resident)) {
      for (const event of frame.objects) {
        const route = event.routes.find(({ lane }) => lane === this.name);
        if (route !== undefined) this.#queue.add(new AcceptedSlot(event, frame, route));
      }
    } else {
      const { segment, offset, firstSeq: position, bytes } = frame;
      const from = segment === undefined ? 0 : offset;
      this.#queue.addRange({ home: segment ?? frame, from, to: from + bytes, ...part, position });
    }
    this.readOn();
    this.env.setup.onWork(this.name, this.unleased, part.events);
  }

  /** Events of an earlier process were found in a segment. */
  find(segment: Segment, { events, bytes }: LanePart, as: 'recovered' | 'adopted'): void {
    segment.expect(this.name, events);
    this.#ledger.enter(as, events);
    this.#queue.addRange({ home: segment, from: 0, to: segment.bytes, events, bytes, position: 0 });
    this.readOn();
  }

  /** A dead letter of an earlier process was found. */
  findLetter(as: 'recovered' | 'adopted'): void {
    this.#ledger.enterLetter(as);
  }

  lease(token: number, limits: LeaseLimits): JournalSlot[] {
    const slots = takeLease(this.#queue, token, limits);
    this.readOn();
    return slots;
  }

  /** Settles events of a lease. Others are ignored. */
  settle(token: number, slots: readonly JournalSlot[], settlement: Settlement): void {
    // Each returned event goes to the front, so the last is returned first.
    for (const slot of settlement.state === 'returned' ? slots.toReversed() : slots) {
      if (slot.lease === token) this.#settle(slot, settlement);
    }
    this.readOn();
  }

  /** Drops events in memory that are not leased, and for which `which` is true. */
  dropReady(which: (slot: JournalSlot) => boolean, reason: Reason): void {
    for (const slot of this.#queue.remove(which)) this.drop(slot, reason);
  }

  /** Drops leased events for which `which` is true. A request that is being sent may still deliver them. */
  dropLeased(which: (slot: JournalSlot) => boolean, reason: Reason): void {
    for (const slot of this.#queue.removeLeased(which)) this.drop(slot, reason);
  }

  /** Drops an event of a segment that is not in memory. Reading must be {@link pause paused}. */
  dropUnread(record: ReadRecord, segment: Segment, reason: Reason): void {
    const slot = new ReadSlot(record, this.name, segment, record.seq);
    if (this.#queue.skip(segment, record.offset, slot.bytes)) this.drop(slot, reason);
  }

  /** Removes byte ranges. The caller drops or loses each of their events. */
  removeRanges(which: (range: ByteRange) => boolean): ByteRange[] {
    return this.#queue.removeRanges(which);
  }

  /** Drops a pending event that is not in the queue any more. */
  drop(slot: JournalSlot, reason: Reason): void {
    slot.lease = GONE;
    this.#ledger.drop(reason);
    slot.home.settle(this.name, slot.seq, { state: 'dropped', reason });
    this.env.setup.onDropped(slot, this.name, reason, !slot.shared);
  }

  /** Dead letters were dropped. */
  dropLetters(reason: Reason, letters = 1): void {
    this.#ledger.dropLetters(reason, letters);
  }

  /** See {@link Ledger.mergeRedriven}. */
  mergeRedriven(): void {
    this.#ledger.mergeRedriven();
  }

  /** Pending events cannot be read any more. */
  lose(reason: Reason, events: number, segment?: Segment): void {
    const { name, env, damaged } = this;
    this.#ledger.drop(reason, events);
    env.setup.onLost(name, reason, events);
    if (segment === undefined || damaged.isKnown(segment)) return;
    env.log.limited('error', `lost ${name}`, () => journalMessages.lost(name, events, segment.path));
  }

  /** Loses the events that are only on disk, and dead letters of the same folders. Returns how many. */
  loseRanges(which: (home: Home) => boolean, letters: number, reason: Reason): number {
    let events = 0;
    for (const range of this.#queue.removeRanges(({ home }) => which(home))) events += range.events;
    if (events + letters === 0) return 0;
    this.#ledger.drop(reason, events);
    this.#ledger.dropLetters(reason, letters);
    this.env.setup.onLost(this.name, reason, events + letters);
    return events + letters;
  }

  /** Hands events over to another process, also leased ones. */
  handOver(which: (home: Home) => boolean): void {
    const isIn = ({ home }: JournalSlot): boolean => which(home);
    const slots = [...this.#queue.remove(isIn), ...this.#queue.removeLeased(isIn)];
    for (const slot of slots) slot.lease = GONE;
    const ranges = this.#queue.removeRanges(({ home }) => which(home));
    this.#ledger.handOver(ranges.reduce((sum, { events }) => sum + events, slots.length));
    this.readOn();
  }

  /** Hands all pending events over to the next process. */
  handOverAll(): void {
    this.#ledger.handOver(this.#ledger.pending);
  }

  handOverLetter(): void {
    this.#ledger.handOverLetter();
  }

  isLeased(which: (slot: JournalSlot) => boolean): boolean {
    return this.#queue.isLeased(which);
  }

  /** All events in memory, leased or not. */
  get inMemory(): Iterable<JournalSlot> {
    return this.#queue.inMemory;
  }

  /** The places of events that are not leased, with repetitions. */
  homes(): Iterable<Home> {
    return this.#queue.homes();
  }

  snapshot(dead: number): LaneLedger {
    return this.#ledger.snapshot(dead);
  }

  /** Reports the unleased events. */
  announce(): void {
    this.env.setup.onWork(this.name, this.unleased, this.unleased.events);
  }

  /** Reads more of the backlog if the window has room. */
  readOn(): void {
    this.#reader.readOn();
  }

  /** Stops reading the backlog until {@link resume}, so that the events in memory and on disk stay the same. */
  pause(): Promise<void> {
    return this.#reader.pause();
  }

  resume(): void {
    this.#reader.resume();
  }

  /** Stops reading the backlog. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  #settle(slot: JournalSlot, settlement: Settlement): void {
    if (settlement.state === 'returned') {
      this.#queue.giveBack(slot);
      return;
    }
    this.#queue.endLease(slot);
    if (settlement.state === 'dropped') {
      this.drop(slot, settlement.reason);
      return;
    }
    slot.lease = GONE;
    if (settlement.state === 'delivered') {
      this.#ledger.deliver();
      slot.home.settle(this.name, slot.seq, settlement);
    } else {
      this.#bury(slot, settlement);
    }
  }

  /** The letter is on disk before the event counts as settled. */
  #bury(slot: JournalSlot, { reason, attempts, answer }: Settlement & { state: 'dead' }): void {
    const { name: lane } = this;
    const { event, seq, home, entry } = slot;
    this.#ledger.bury();
    const letter = { event, lane, reason, attempts, entry, ...(answer !== undefined && { answer }) };
    this.letters.add(letter, seq, home.segment?.folder, (outcome) => home.settle(lane, seq, outcome));
  }
}
