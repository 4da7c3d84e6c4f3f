import type {
  BufferSetup,
  CommitState,
  EventBuffer,
  EventBufferFactory,
  JournalStats,
  LaneLedger,
  Lease,
  LeaseLimits,
  OfferRefusal,
  Route,
  Settlement,
  StoredEvent,
  Waiting,
} from '../../lib/buffer/event-buffer.js';
import { countReason, reasonCounts } from '../../lib/event/reasons.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';

interface Slot extends StoredEvent {
  where: 'uncommitted' | 'on disk' | 'at hand' | 'leased';
}

interface SlowLane {
  slots: Slot[];
  readonly ledger: Omit<LaneLedger, 'pending'>;
}

const BYTES = 300;

/** A durable buffer whose disk the test controls: commits, reads, opening and closing wait for the test. */
export class SlowBuffer implements EventBuffer {
  readonly durable = true;
  nextPosition = 1;
  /** Its calls, in order. */
  readonly asked: string[] = [];
  /** False: closing waits for {@link endClose}. */
  closesAtOnce = true;
  cause: string | null = null;
  readonly #lanes = new Map<string, SlowLane>();
  #commits: ((state: CommitState) => void)[] = [];
  #endClose = (): void => {};
  #opened = (): void => {};
  readonly #opening = new Promise<void>((resolve) => (this.#opened = resolve));
  #leases = 0;

  constructor(readonly setup: BufferSetup) {
    for (const lane of setup.lanes) {
      this.#lanes.set(lane, {
        slots: [],
        ledger: {
          accepted: 0,
          recovered: 0,
          adopted: 0,
          replayed: 0,
          delivered: 0,
          dead: 0,
          dropped: reasonCounts(),
          handedOver: 0,
          redriven: 0,
        },
      });
    }
  }

  offer(event: TrackingEvent, bytes: number, routes: readonly Route[]): OfferRefusal | undefined {
    const position = this.nextPosition++;
    for (const { lane: name, entry } of routes) {
      const lane = this.#lane(name);
      lane.ledger.accepted++;
      const since = this.setup.clock.monotonic();
      lane.slots.push({ event, entry, position, bytes, since, where: 'uncommitted' });
    }
    return undefined;
  }

  commit(): Promise<CommitState> {
    this.asked.push('commit');
    return new Promise((resolve) => this.#commits.push(resolve));
  }

  /** The disk has written the events or rejected them. In both cases they can be sent. */
  committed(state: CommitState = 'committed', count = Infinity): void {
    for (const name of this.#lanes.keys()) this.#arrive(name, 'uncommitted', true, count);
    for (const resolve of this.#commits.splice(0)) resolve(state);
  }

  /** Events of an earlier process that are found and not read. */
  found(name: string, events: readonly TrackingEvent[]): void {
    const lane = this.#lane(name);
    lane.ledger.recovered += events.length;
    const slots = events.map((event): Slot => ({
      event,
      position: 0,
      bytes: BYTES,
      since: this.setup.clock.monotonic(),
      where: 'on disk',
    }));
    lane.slots.unshift(...slots);
  }

  /** The found events are read. */
  read(name: string, announced = true): void {
    this.#arrive(name, 'on disk', announced);
  }

  /** The found events cannot be read. */
  damaged(name: string): void {
    const lane = this.#lane(name);
    const lost = lane.slots.filter(({ where }) => where === 'on disk');
    lane.slots = lane.slots.filter(({ where }) => where !== 'on disk');
    for (const slot of lost) {
      countReason(lane.ledger.dropped, 'damaged');
      this.setup.onDropped(slot, name, 'damaged', true);
    }
  }

  lease(name: string, limits: LeaseLimits): Lease | undefined {
    const events = this.#lane(name)
      .slots.filter(({ where }) => where === 'at hand')
      .slice(0, limits.maxEvents);
    for (const slot of events) slot.where = 'leased';
    return events.length === 0 ? undefined : { token: ++this.#leases, events };
  }

  settle(name: string, _token: number, events: readonly StoredEvent[], settlement: Settlement): void {
    const lane = this.#lane(name);
    const settled = new Set(events);
    if (settlement.state === 'returned') {
      for (const slot of lane.slots) if (settled.has(slot)) slot.where = 'at hand';
      return;
    }
    lane.slots = lane.slots.filter((slot) => !settled.has(slot));
    if (settlement.state === 'dropped') {
      for (let i = 0; i < events.length; i++) countReason(lane.ledger.dropped, settlement.reason);
    } else lane.ledger[settlement.state] += events.length;
  }

  waiting(name: string): Waiting {
    const events = this.#waiting(name).length;
    return { events, bytes: events * BYTES };
  }

  oldest(name: string): StoredEvent | undefined {
    return this.#lane(name).slots.find(({ where }) => where === 'at hand');
  }

  firstPosition(name: string): number {
    return Math.min(...this.#waiting(name).map(({ position }) => position));
  }

  ledger(name: string): LaneLedger {
    const { ledger, slots } = this.#lane(name);
    return { ...ledger, dropped: reasonCounts(ledger.dropped), pending: slots.length };
  }

  deadLetters(): readonly [] {
    return [];
  }

  async close(): Promise<void> {
    this.asked.push('close');
    if (!this.closesAtOnce) await new Promise<void>((resolve) => (this.#endClose = resolve));
    for (const lane of this.#lanes.values()) lane.ledger.handedOver += lane.slots.splice(0).length;
  }

  endClose(): void {
    this.#endClose();
  }

  opened(): Promise<void> {
    this.asked.push('opened');
    return this.#opening;
  }

  /** All events of earlier processes are known. */
  open(): void {
    this.#opened();
  }

  saveNow(): void {
    this.asked.push('saveNow');
    if (this.cause === null) for (const name of this.#lanes.keys()) this.#arrive(name, 'uncommitted');
  }

  journal(): JournalStats {
    const uncommitted = [...this.#lanes.values()].flatMap(({ slots }) =>
      slots.filter(({ where }) => where === 'uncommitted'),
    );
    return {
      state: this.cause === null ? 'open' : 'failing',
      cause: this.cause,
      folder: null,
      bytes: 0,
      segments: 0,
      uncommitted: uncommitted.length,
      damaged: 0,
      stranded: [],
      recovering: false,
      unreadable: [],
    };
  }

  #arrive(name: string, from: Slot['where'], announced = true, count = Infinity): void {
    const arrived = this.#lane(name)
      .slots.filter(({ where }) => where === from)
      .slice(0, count);
    for (const slot of arrived) slot.where = 'at hand';
    if (announced && arrived.length > 0) this.setup.onWork(name, this.waiting(name), arrived.length);
  }

  #waiting(name: string): Slot[] {
    return this.#lane(name).slots.filter(({ where }) => where !== 'leased');
  }

  #lane(name: string): SlowLane {
    return this.#lanes.get(name)!;
  }
}

/** Creates one {@link SlowBuffer}, and makes it accessible to the test. */
export function slowBuffer(): EventBufferFactory & {
  readonly made: SlowBuffer[];
  readonly disk: SlowBuffer;
} {
  const made: SlowBuffer[] = [];
  return {
    kind: 'slow',
    create: (setup) => {
      const buffer = new SlowBuffer(setup);
      made.push(buffer);
      return buffer;
    },
    made,
    get disk() {
      return made[0]!;
    },
  };
}
