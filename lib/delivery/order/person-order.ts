import type { StoredEvent } from '../../buffer/event-buffer.js';
import { type HeldEvent, isTrack } from '../../event/lane-event.js';
import { Batch } from '../batch.js';
import type { LeasedBatches } from '../leased-batches.js';
import type { Parking } from '../parking.js';
import { DeliveredTraits } from './delivered-traits.js';
import { cutEvent, isNewer, keyOfId, personCall, replaces } from './person-call.js';
import { type OrderedEvent, PersonQueues } from './person-queues.js';

/** How many later calls are searched for a replacement. A person may have thousands, and one more request is cheap. */
const MAX_LATER = 50;
const NOBODY: ReadonlySet<OrderedEvent> = new Set();

/**
 * Keeps `identify`, `group` and `alias` of one person in order: while one is in flight or waits for a retry, later ones are put
 * aside, and stay leased. Never overwrites newer traits with older ones. Of a `track`, only the type is read.
 */
export class PersonOrder {
  readonly #events = new Map<StoredEvent, OrderedEvent>();
  readonly #queues = new PersonQueues();
  readonly #aside = new Set<OrderedEvent>();
  /** Events that were put aside and no longer have to wait. */
  readonly #ready = new Set<OrderedEvent>();
  readonly #delivered = new DeliveredTraits();
  #cuts = 0;
  #number = 0;

  constructor(
    private readonly batches: LeasedBatches,
    private readonly parking: Parking,
    /** Drops events that newer calls have replaced. */
    private readonly supersede: (replaced: Batch) => void,
  ) {}

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  get asideCount(): number {
    return this.#aside.size;
  }

  /** Events that are put aside. */
  *aside(): Iterable<StoredEvent> {
    for (const { held } of this.#aside) yield held;
  }

  /** The part of a batch that may be sent now; the rest is put aside. */
  admit(batch: Batch): Batch | undefined {
    if (batch.events.every(isTrack)) return batch;
    const going = new Set<OrderedEvent>();
    const blockers = new Set<OrderedEvent>();
    const replaced: StoredEvent[] = [];
    const admitted = batch.events.filter((held) => {
      if (isTrack(held)) return true;
      const event = this.#enter(held);
      if (this.#isReplaced(event, batch)) {
        this.#leave(event);
        replaced.push(held);
        return false;
      }
      const ahead = this.#queues.blockers(event, (earlier) => this.#blocks(earlier, event, going));
      if (ahead.length === 0) {
        going.add(event);
        return true;
      }
      event.aside = batch.rest([held]);
      this.#aside.add(event);
      for (const blocker of ahead) {
        if (replaces(event.call, blocker.call)) blockers.add(blocker);
      }
      return false;
    });
    if (replaced.length > 0) this.supersede(batch.rest(replaced));
    if (blockers.size > 0) {
      for (const waiting of this.batches.waiting.slice()) this.#shrink(waiting, blockers);
    }
    if (admitted.length === batch.size) return batch;
    return admitted.length === 0 ? undefined : batch.rest(admitted);
  }

  /** Events that were put aside and may be sent now, as far as they fit in one batch. */
  takeReady(maxEvents: number, now: number): Batch | undefined {
    for (const event of this.#ready) {
      const batch = event.aside!;
      this.#takeUp(event);
      if (batch.notBefore > now) this.batches.add(batch);
      else return isFresh(batch) ? this.#company(event, batch.token, maxEvents) : batch;
    }
    return undefined;
  }

  /** All events that are put aside, because the lane ends. */
  takeAside(): Batch[] {
    const batches: Batch[] = [];
    for (const event of this.#aside) {
      batches.push(event.aside!);
      this.#takeUp(event);
    }
    return batches;
  }

  /** A batch waits for its retry: drops those of its events whose traits a newer call, which is put aside, has replaced. */
  retrying(batch: Batch): void {
    if (this.#aside.size === 0) return;
    const replaced = new Set<OrderedEvent>();
    for (const held of batch.events) {
      const event = this.#events.get(held);
      if (event !== undefined && this.#isReplacedAside(event)) replaced.add(event);
    }
    if (replaced.size > 0) this.#shrink(batch, replaced);
  }

  /** Later events need not wait for these: the proof that an event causes its failure needs the success of others. */
  letPass({ events }: Batch): void {
    for (const held of events) {
      const event = this.#events.get(held);
      if (event === undefined) continue;
      event.yields = true;
      this.#wake(event);
    }
  }

  settled(events: readonly StoredEvent[], isDelivered: boolean): void {
    if (this.#events.size === 0) return;
    for (const held of events) {
      const event = this.#events.get(held);
      if (event === undefined) continue;
      if (isDelivered) this.#delivered.add(event.call);
      this.#leave(event);
    }
  }

  forget(ids: readonly string[] | undefined): void {
    this.#delivered.forget(ids?.map(keyOfId));
  }

  /** The events in the form in which they are sent. */
  sent(events: readonly StoredEvent[]): readonly HeldEvent[] {
    return this.#cuts === 0 ? events : events.map((held) => this.#events.get(held)?.cut ?? held);
  }

  #enter(held: StoredEvent): OrderedEvent {
    const known = this.#events.get(held);
    if (known !== undefined) {
      this.#takeUp(known);
      if (known.yields && !this.parking.isParked) this.#fallBehind(known);
      return known;
    }
    const call = personCall(held, ++this.#number);
    const event: OrderedEvent = { held, call, aside: undefined, yields: false, cut: undefined };
    this.#events.set(held, event);
    this.#queues.add(event);
    return event;
  }

  /** The event is not put aside any more. */
  #takeUp(event: OrderedEvent): void {
    event.aside = undefined;
    this.#aside.delete(event);
    this.#ready.delete(event);
  }

  #leave(event: OrderedEvent): void {
    this.#takeUp(event);
    this.#events.delete(event.held);
    if (event.cut !== undefined) this.#cuts--;
    this.#queues.remove(event);
    this.#wake(event);
  }

  /** An event that let others pass waits while one of them is in flight, so that two are never sent at once. */
  #fallBehind(event: OrderedEvent): void {
    event.yields = false;
    const inFlight = new Set<StoredEvent>();
    for (const { events } of this.batches.inFlight) {
      for (const held of events) inFlight.add(held);
    }
    for (const key of event.call.keys) {
      for (const { held } of this.#queues.behind(event, key)) {
        if (!inFlight.has(held)) continue;
        this.#queues.remove(event);
        this.#queues.add(event);
        this.#wake(event);
        return;
      }
    }
  }

  /** @param going the other events of the request; a late older event must not follow a newer one */
  #blocks(earlier: OrderedEvent, event: OrderedEvent, going: ReadonlySet<OrderedEvent>): boolean {
    if (going.has(earlier)) return isNewer(earlier.call, event.call);
    return !earlier.yields || this.parking.isParked;
  }

  /** Looks for the next events of its keys that no longer have to wait. */
  #wake({ call: { keys } }: OrderedEvent): void {
    for (const key of keys) {
      for (const event of this.#queues.of(key)) {
        const blocks = (earlier: OrderedEvent): boolean => this.#blocks(earlier, event, NOBODY);
        if (event.aside !== undefined && this.#queues.blockers(event, blocks).length === 0) {
          this.#ready.add(event);
        }
        if (blocks(event)) break;
      }
    }
  }

  #isReplaced(event: OrderedEvent, batch: Batch): boolean {
    const replaced = this.#delivered.replaced(event.call);
    if (replaced?.isWhole === true) return true;
    if (replaced !== undefined) {
      if (event.cut === undefined) this.#cuts++;
      event.cut = cutEvent(event.held, replaced.names);
    }
    return batch.totalAttempts > 0 && mayShrink(batch) && this.#isReplacedAside(event);
  }

  #isReplacedAside(event: OrderedEvent): boolean {
    for (const { aside, call } of this.#queues.behind(event, event.call.keys[0]!, MAX_LATER)) {
      if (aside !== undefined && replaces(call, event.call)) return true;
    }
    return false;
  }

  /** Removes replaced events from a waiting batch. */
  #shrink(batch: Batch, replaced: ReadonlySet<OrderedEvent>): void {
    const isGone = (held: StoredEvent): boolean => replaced.has(this.#events.get(held)!);
    const gone = mayShrink(batch) ? batch.events.filter(isGone) : [];
    if (gone.length === 0) return;
    const left = batch.events.filter((held) => !isGone(held));
    this.batches.remove(batch);
    if (left.length > 0) {
      this.batches.add(batch.rest(left));
    }
    this.supersede(batch.rest(gone));
  }

  /** A new batch of one lease: the event, the ready events of the same lease, and the next ones in its queues. */
  #company(first: OrderedEvent, token: number, maxEvents: number): Batch {
    const taken = new Set([first]);
    const take = (event: OrderedEvent): boolean => {
      const { aside } = event;
      if (taken.size >= maxEvents || aside?.token !== token || !isFresh(aside)) return false;
      this.#takeUp(event);
      taken.add(event);
      return true;
    };
    for (const event of maxEvents > 1 ? this.#ready : []) take(event);
    for (const event of taken) {
      for (const key of event.call.keys) {
        for (const next of this.#queues.behind(event, key)) {
          if (!take(next)) break;
        }
      }
    }
    const inOrder = [...taken].toSorted((a, b) => a.call.number - b.call.number);
    return Batch.of(
      token,
      inOrder.map(({ held }) => held),
    );
  }
}

/** Whether it was never part of a request, or of a failed attempt to build one. */
function isFresh({ totalAttempts, isPiece }: Batch): boolean {
  return totalAttempts === 0 && !isPiece;
}

/** A request with `track` events that the platform may have received does not change, so that it is recognised. */
function mayShrink({ events, mayBeTaken }: Batch): boolean {
  return !mayBeTaken || !events.some(isTrack);
}
