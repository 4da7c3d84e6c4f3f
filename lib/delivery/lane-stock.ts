import type { EventBuffer, Settlement, StoredEvent } from '../buffer/event-buffer.js';
import type { HeldEvent } from '../event/lane-event.js';
import type { LifecycleEvent, LifecycleStream } from '../event/lifecycle.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { Batch } from './batch.js';
import { deliveryMessages } from './delivery.messages.js';
import type { LaneDestination } from './lane-destination.js';
import type { PersonOrder } from './order/person-order.js';
import { ownPart } from './own-part.js';

/** Events leased in one turn of the event loop while none of them may be sent yet. */
const ASIDE_PER_TURN = 500;

/** What a lane takes out of the buffer, and how it gives account of it. */
export class LaneStock {
  /** The buffer hands out no more before something is settled. */
  #withheld = false;
  /** The last turn ended before it found an event to send. */
  #isUnfinished = false;

  /** Events in one request: the destination's limit, or fewer, so that its answers can be read. */
  #maxEvents: number;
  readonly #partition: LaneDestination['partition'];

  constructor(
    private readonly destination: LaneDestination,
    private readonly buffer: EventBuffer,
    private readonly maxAgeMs: number | undefined,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly lifecycle: LifecycleStream,
    private readonly order: PersonOrder,
  ) {
    this.#partition = ownPart(destination.partition);
    this.#maxEvents = destination.batch.maxEvents;
  }

  /** The oldest event that nobody has taken, if it is at hand. */
  get oldest(): StoredEvent | undefined {
    return this.buffer.oldest(this.destination.name);
  }

  /** Position of the first event that nobody has taken, at hand or on its way; Infinity for none. */
  get firstPosition(): number {
    return this.buffer.firstPosition(this.destination.name);
  }

  /**
   * When the oldest event has waited long enough for company, which is none that came before `flushTo`; Infinity when there
   * is none to be had.
   */
  ripeAt(flushTo: number): number {
    if (this.order.hasReady || this.#isUnfinished) return 0;
    const { oldest } = this;
    if (oldest === undefined || this.#withheld) return Infinity;
    return oldest.position < flushTo ? 0 : oldest.since + this.destination.batch.maxDelayMs;
  }

  /** The buffer says that it has events to hand out, which it may have withheld before. */
  announced(): void {
    this.#withheld = false;
  }

  /** The position that the next accepted event will have. */
  get nextPosition(): number {
    return this.buffer.nextPosition;
  }

  /** Whether events are pending that the buffer does not hand out, because too many are leased. */
  get isWithheld(): boolean {
    return this.#withheld;
  }

  get maxEvents(): number {
    return this.#maxEvents;
  }

  /** Further batches have at most so many events. */
  capAt(maxEvents: number): void {
    this.#maxEvents = Math.max(1, Math.min(this.#maxEvents, maxEvents));
  }

  /** Events that are leased and wait for an earlier one of the same person. */
  get aside(): Iterable<StoredEvent> {
    return this.order.aside();
  }

  get asideCount(): number {
    return this.order.asideCount;
  }

  forget(ids: readonly string[] | undefined): void {
    this.order.forget(ids);
  }

  /** Events that came into this lane so far. */
  get intake(): number {
    return this.buffer.ledger(this.destination.name).accepted;
  }

  /**
   * The next batch, when it is full, or its first event has waited long enough or came before `flushTo`.
   *
   * @param maxEvents fewer than the destination's, for a probe
   */
  take(flushTo: number, maxEvents = this.#maxEvents): Batch | undefined {
    const { name, batch: limits } = this.destination;
    this.#isUnfinished = false;
    for (let leased = 0; ;) {
      const aside = this.order.takeReady(maxEvents, this.clock.monotonic());
      const next = aside && this.sendable(aside);
      if (next !== undefined) return next;
      if (aside !== undefined) continue;
      const { oldest } = this;
      if (oldest === undefined) return undefined;
      const waiting = this.buffer.waiting(name);
      const ripe =
        waiting.events >= maxEvents ||
        waiting.bytes >= limits.maxBytes ||
        oldest.position < flushTo ||
        this.clock.monotonic() >= oldest.since + limits.maxDelayMs;
      if (!ripe) return undefined;
      this.#isUnfinished = leased >= ASIDE_PER_TURN;
      if (this.#isUnfinished) return undefined;
      const lease = this.buffer.lease(name, {
        maxEvents,
        maxBytes: limits.maxBytes,
        partition: this.#partition,
      });
      this.#withheld = lease === undefined;
      if (lease === undefined) return undefined;
      leased += lease.events.length;
      const batch = this.sendable(Batch.of(lease.token, lease.events));
      if (batch !== undefined) return batch;
    }
  }

  /**
   * The batch without events that are too old or superseded, which are dropped, and without those that must wait for an earlier
   * one, which are put aside; undefined when none is left.
   */
  sendable(batch: Batch): Batch | undefined {
    const fresh = this.#withoutExpired(batch);
    return fresh && this.order.admit(fresh, this.#supersede);
  }

  /** The events in the form in which a request has them. */
  sent(batch: Batch): readonly HeldEvent[] {
    return this.order.sent(batch.events);
  }

  #withoutExpired(batch: Batch): Batch | undefined {
    const now = this.clock.monotonic();
    const { maxAgeMs } = this.destination;
    const fresh = (held: StoredEvent): boolean =>
      held.isGone !== true &&
      now - held.since <= (this.maxAgeMs ?? Infinity) &&
      (maxAgeMs === undefined || ageOf(held, now) <= maxAgeMs);
    if (batch.events.every(fresh)) return batch;
    const old = batch.rest(batch.events.filter((held) => !fresh(held)));
    // The platform's answer may explain the failure.
    if (old.brokeAloneAt !== undefined) this.dead(old, 'refused');
    else this.drop(old, 'expired');
    const left = batch.events.filter(fresh);
    return left.length === 0 ? undefined : batch.rest(left);
  }

  delivered(batch: Batch): void {
    this.#settle(batch, { state: 'delivered' });
    this.#tell('delivered', batch);
  }

  retrying(batch: Batch): void {
    this.#tell('retrying', batch);
    this.order.retrying(batch, this.#supersede);
  }

  /** Later events of the same person need not wait for one that is likely to be the cause of its failure. */
  letPass(batch: Batch): void {
    this.order.letPass(batch);
  }

  dead(batch: Batch, reason: Reason): void {
    const { answer, totalAttempts: attempts } = batch;
    this.#settle(batch, { state: 'dead', reason, attempts, ...(answer !== undefined && { answer }) });
    this.#tell('dead', batch, reason);
    const { name } = this.destination;
    this.log.limited('error', `dead ${name} ${reason}`, () =>
      reason === 'outcome_unknown'
        ? deliveryMessages.outcomeUnknown(name, batch.size, answer)
        : deliveryMessages.dead(name, batch.events[0]!.event.name, reason, answer),
    );
  }

  drop(batch: Batch, reason: Reason): void {
    this.#settle(batch, { state: 'dropped', reason });
  }

  /** Gives these, and what was put aside, back to the buffer in their order. */
  giveBack(batches: readonly Batch[]): void {
    const all = [...batches, ...this.order.takeAside()].flatMap(({ token, events }) =>
      events.map((held) => ({ token, held })),
    );
    all.sort((a, b) => a.held.position - b.held.position);
    // Each goes to the front.
    for (const { token, held } of all.toReversed()) {
      this.#settle(Batch.of(token, [held]), { state: 'returned' });
    }
  }

  readonly #supersede = (batch: Batch): void => this.drop(batch, 'superseded');

  #settle(batch: Batch, settlement: Settlement): void {
    this.#withheld = false;
    this.buffer.settle(this.destination.name, batch.token, batch.events, settlement);
    this.order.settled(batch.events, settlement.state === 'delivered');
  }

  #tell(type: LifecycleEvent['type'], batch: Batch, reason?: Reason): void {
    if (!this.lifecycle.observed) return;
    const at = this.clock.now();
    for (const { event } of batch.events) {
      this.lifecycle.emit({
        type,
        at,
        lane: this.destination.name,
        event,
        ...(reason !== undefined && { reason }),
      });
    }
  }
}

/** Time since an event happened. The wall clock may have jumped since it was accepted, so it is not asked again. */
function ageOf({ event, since }: StoredEvent, now: number): number {
  return event.acceptedAt - event.timestamp + now - since;
}
