import type { EventBuffer, StoredEvent, Waiting } from '../buffer/event-buffer.js';
import type { HeldEvent } from '../event/lane-event.js';
import type { Clock } from '../host/clock.js';
import { disown } from '../host/disown.js';
import { guarded } from '../host/guarded.js';
import { Batch } from './batch.js';
import type { LaneDestination } from './lane-destination.js';
import type { LeasedBatches } from './leased-batches.js';
import type { PersonOrder } from './order/person-order.js';
import type { Settlements } from './settlements.js';
import type { Throttle } from './throttle.js';

/** Events leased in one turn of the event loop while none of them may be sent yet. */
const ASIDE_PER_TURN = 500;

/** The setup of the queue. */
export interface LaneQueueSetup {
  readonly destination: LaneDestination;
  readonly buffer: EventBuffer;
  /** Of `retry`; absent: events never expire. */
  readonly maxAgeMs: number | undefined;
  readonly clock: Clock;
  readonly batches: LeasedBatches;
  readonly order: PersonOrder;
  readonly settlements: Settlements;
}

/** The unsettled events of a lane. Makes the next batch, of new events or of those that wait for a retry. */
export class LaneQueue {
  /** The number of settled batches when the buffer last handed out no event. It hands out more after another one. */
  #withheldAt = -1;
  /** The last turn ended before it found an event to send. */
  #isUnfinished = false;
  /** A failing lane tries new events and retries in turn, so that a batch that always fails does not block it. */
  #isNewNext = false;
  /** Events in one request: the destination's limit, or fewer, so that its answers can be read. */
  #maxEvents: number;
  /** Events before this position are sent even if they do not fill a batch. */
  #flushTo = 0;
  #flushes: { readonly position: number; readonly done: () => void }[] = [];
  readonly #partition: LaneDestination['partition'];

  constructor(private readonly setup: LaneQueueSetup) {
    const { partition, batch } = setup.destination;
    this.#partition = partition && ((held) => partOf(held, partition));
    this.#maxEvents = batch.maxEvents;
  }

  get isEmpty(): boolean {
    const { batches, order } = this.setup;
    return batches.waiting.length === 0 && order.asideCount === 0 && this.#firstPosition === Infinity;
  }

  /** Nothing is in flight, and the buffer has pending events. If the lane has none to send, they are being read. */
  get isReading(): boolean {
    return this.inFlight === 0 && this.#firstPosition !== Infinity;
  }

  /** When the oldest unsettled event was accepted, in monotonic milliseconds. */
  get oldestSince(): number | undefined {
    const { batches, order } = this.setup;
    let since = this.#oldest?.since;
    for (const events of [batches.events(), order.aside()]) {
      for (const held of events) since = Math.min(since ?? Infinity, held.since);
    }
    return since;
  }

  /** Whether the buffer has pending events that it does not hand out, because too many are leased. */
  get isWithheld(): boolean {
    return this.#withheldAt === this.setup.settlements.count;
  }

  /** Batches in flight. */
  get inFlight(): number {
    return this.setup.batches.inFlight.size;
  }

  get isFlushing(): boolean {
    return this.#flushes.length > 0;
  }

  /**
   * Sends the events that were accepted so far, also if they do not fill a batch.
   *
   * @param done called when none of them can be sent now
   * @returns cancels it without a call of `done`
   */
  flush(done: () => void): () => void {
    const position = this.setup.buffer.nextPosition;
    this.#flushTo = position;
    const added = { position, done };
    this.#flushes.push(added);
    return () => {
      this.#flushes = this.#flushes.filter((other) => other !== added);
    };
  }

  /** Ends the flushes that have nothing left to wait for. */
  endFlushes(throttle: Throttle): void {
    const first = this.#firstToWaitFor(throttle);
    const ended = this.#flushes.filter(({ position }) => position <= first);
    this.#flushes = this.#flushes.filter(({ position }) => position > first);
    for (const { done } of ended) done();
  }

  /** The buffer has events to hand out. */
  announced(): void {
    this.#withheldAt = -1;
  }

  /** Whether there are enough new events for a batch. */
  isFull({ events, bytes }: Waiting, maxEvents = this.#maxEvents): boolean {
    return events >= maxEvents || bytes >= this.setup.destination.batch.maxBytes;
  }

  /** When a batch of new events is ready: at once if a flush waits for the oldest. Infinity for none. */
  get readyAt(): number {
    if (this.setup.order.hasReady || this.#isUnfinished) return 0;
    const oldest = this.#oldest;
    if (oldest === undefined || this.isWithheld) return Infinity;
    return this.#readyAt(oldest, this.#flushTo);
  }

  /** When the next batch, of new events or a retry, is ready. */
  get nextAt(): number {
    return Math.min(this.setup.batches.nextDueAt, this.readyAt);
  }

  /** Limits the number of events of further batches. */
  capAt(maxEvents: number): void {
    this.#maxEvents = Math.max(1, Math.min(this.#maxEvents, maxEvents));
  }

  /** The next batch that is ready. */
  next(isFailing: boolean): Batch | undefined {
    if (!isFailing) return this.#due() ?? this.#new();
    this.#isNewNext = !this.#isNewNext;
    // Full batches may each have an event that the platform fails on: a single event shows that it works again.
    return this.#isNewNext ? (this.#new(1) ?? this.#due()) : (this.#due() ?? this.#new(1));
  }

  /** A single event for the next probe, a different one each time if possible. None that must wait for `Retry-After`. */
  nextProbe(): Batch | undefined {
    const { batches } = this.setup;
    for (;;) {
      const candidate = batches.cutOne() ?? this.#new(1, Infinity) ?? batches.takeOldestProbe();
      const probe = candidate && this.#sendable(candidate);
      if (probe !== undefined || candidate === undefined) return probe;
    }
  }

  /** The events of a batch in the form in which they are sent. */
  sent(batch: Batch): readonly HeldEvent[] {
    return this.setup.order.sent(batch.events);
  }

  start(batch: Batch): void {
    this.setup.batches.start(batch);
  }

  /** @returns whether the batch was in flight */
  end(batch: Batch): boolean {
    return this.setup.batches.end(batch);
  }

  /** Retries are due now, or as soon as the platform allows. */
  hurry(): void {
    this.setup.batches.makeDue();
  }

  /** People were erased: forgets all data about them. @param ids undefined: of all people */
  forget(ids: readonly string[] | undefined): void {
    this.setup.order.forget(ids);
  }

  /** Returns all events that are not in flight to the buffer. */
  close(): void {
    const { batches, order, settlements } = this.setup;
    settlements.giveBack([...batches.takeWaiting(), ...order.takeAside()]);
    for (const { done } of this.#flushes.splice(0)) done();
  }

  get #oldest(): StoredEvent | undefined {
    return this.setup.buffer.oldest(this.setup.destination.name);
  }

  /** Position of the first event that is not leased, in memory or not; Infinity for none. */
  get #firstPosition(): number {
    return this.setup.buffer.firstPosition(this.setup.destination.name);
  }

  /** The first position that a flush has to wait for: not a suspect, and nothing that the platform rejects now. */
  #firstToWaitFor({ isRefusing, parking }: Throttle): number {
    const { batches, clock, order } = this.setup;
    const now = clock.monotonic();
    const sent = [...batches.inFlight].filter((batch) => batch !== parking.probe);
    const waiting = isRefusing ? [] : batches.waiting.filter((batch) => !batch.isSuspect(now));
    let first = isRefusing ? Infinity : this.#firstPosition;
    for (const { events } of [...sent, ...waiting]) {
      for (const { position } of events) first = Math.min(first, position);
    }
    for (const { position } of isRefusing ? [] : order.aside()) first = Math.min(first, position);
    return first;
  }

  /** A batch of new events, if there are enough, or the oldest has waited long enough or came before `flushTo`. */
  #new(maxEvents = this.#maxEvents, flushTo = this.#flushTo): Batch | undefined {
    const { destination, buffer, clock, order, settlements } = this.setup;
    const { maxBytes } = destination.batch;
    this.#isUnfinished = false;
    for (let leased = 0; ;) {
      const aside = order.takeReady(maxEvents, clock.monotonic());
      const next = aside && this.#sendable(aside);
      if (next !== undefined) return next;
      if (aside !== undefined) continue;
      const oldest = this.#oldest;
      if (oldest === undefined) return undefined;
      const isFull = this.isFull(buffer.waiting(destination.name), maxEvents);
      if (!isFull && clock.monotonic() < this.#readyAt(oldest, flushTo)) return undefined;
      this.#isUnfinished = leased >= ASIDE_PER_TURN;
      if (this.#isUnfinished) return undefined;
      const lease = buffer.lease(destination.name, { maxEvents, maxBytes, partition: this.#partition });
      if (lease === undefined) {
        this.#withheldAt = settlements.count;
        return undefined;
      }
      this.#withheldAt = -1;
      leased += lease.events.length;
      const batch = this.#sendable(Batch.of(lease.token, lease.events));
      if (batch !== undefined) return batch;
    }
  }

  #readyAt({ position, since }: StoredEvent, flushTo: number): number {
    return position < flushTo ? 0 : since + this.setup.destination.batch.maxDelayMs;
  }

  #due(): Batch | undefined {
    const { batches } = this.setup;
    for (let batch = batches.takeDue(); batch !== undefined; batch = batches.takeDue()) {
      const fresh = this.#sendable(batch);
      if (fresh !== undefined) return fresh;
    }
    return undefined;
  }

  /** The events of a batch that may be sent now. Expired and superseded events are dropped, and others may have to wait. */
  #sendable(batch: Batch): Batch | undefined {
    const fresh = this.#withoutExpired(batch);
    return fresh && this.setup.order.admit(fresh);
  }

  #withoutExpired(batch: Batch): Batch | undefined {
    const { clock, destination, maxAgeMs = Infinity, settlements } = this.setup;
    const now = clock.monotonic();
    const isFresh = (held: StoredEvent): boolean =>
      held.isGone !== true &&
      now - held.since <= maxAgeMs &&
      (destination.maxAgeMs === undefined || ageOf(held, now) <= destination.maxAgeMs);
    if (batch.events.every(isFresh)) return batch;
    const old = batch.rest(batch.events.filter((held) => !isFresh(held)));
    // The platform's answer may explain the failure.
    if (old.failsAlone) settlements.dead(old, 'refused');
    else settlements.drop(old, 'expired');
    const left = batch.events.filter(isFresh);
    return left.length === 0 ? undefined : batch.rest(left);
  }
}

/** Time since an event happened. The wall clock is not read again, because it may have been set since the event was accepted. */
function ageOf({ event, since }: StoredEvent, now: number): number {
  return event.acceptedAt - event.timestamp + now - since;
}

/** The destination's partition of an event. An event without one is sent alone. */
function partOf(held: HeldEvent, partition: (held: HeldEvent) => string): string {
  const part: unknown = guarded(() => partition(held));
  if (typeof part === 'string') return part;
  disown(part);
  return held.event.id;
}
