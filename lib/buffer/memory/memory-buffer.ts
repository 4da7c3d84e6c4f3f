import type { LaneNote } from '../../event/lane-event.js';
import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type {
  BufferSetup,
  CommitState,
  DeadLetter,
  EventBuffer,
  LaneLedger,
  Lease,
  LeaseLimits,
  Refusal,
  Route,
  Settlement,
  StoredEvent,
  Waiting,
} from '../event-buffer.js';
import { MemoryLane } from './memory-lane.js';
import type { MemoryOptions } from './memory-options.js';
import type { Held, Slot } from './slot.js';

/** What an event takes in the heap beside its strings: the event, its slot, its properties' object, its id. */
const RESIDENT_BASE = 700;
/** What one unit of its JSON takes: the character, and the value and key around it. */
const RESIDENT_PER_UNIT = 1.5;

/** The buffer of `memory()`: one queue for each lane over events that are stored once. */
export class MemoryBuffer implements EventBuffer {
  readonly durable = false;
  readonly #lanes = new Map<string, MemoryLane>();
  readonly #maxBytes: number;
  readonly #maxEvents: number;
  /** What one lane may hold under `rejectNewest`, so that the others keep some room of their own. */
  readonly #share: number;
  #events = 0;
  #bytes = 0;
  #positions = 0;
  #leases = 0;

  constructor(
    private readonly options: Required<MemoryOptions>,
    private readonly setup: BufferSetup,
  ) {
    this.#maxBytes = options.maxBytes;
    this.#maxEvents = options.maxEvents;
    const lanes = setup.lanes.length;
    this.#share = 1 - (lanes - 1) / (2 * lanes);
    for (const name of setup.lanes) this.#lanes.set(name, new MemoryLane(name, setup.maxDeadLetters));
  }

  get nextPosition(): number {
    return this.#positions;
  }

  /** Bytes that waiting events take, as estimated. */
  get residentBytes(): number {
    return this.#bytes;
  }

  offer(event: TrackingEvent, size: number, routes: readonly Route[]): Refusal | undefined {
    const resident = RESIDENT_BASE + size * RESIDENT_PER_UNIT;
    let refusal: Refusal | undefined;
    let taken = routes;
    if (this.options.onFull === 'rejectNewest') {
      taken = routes.filter((route) => !this.#isFullFor(this.#lane(route.lane), resident));
    } else if (this.#isFull(resident)) {
      this.#makeRoom(resident);
    }
    if (this.#isFull(resident)) taken = [];
    if (taken.length < routes.length) {
      const lanes = routes.filter((route) => !taken.includes(route)).map((route) => route.lane);
      refusal = { reason: 'buffer_full', lanes };
      if (taken.length === 0) return refusal;
    }
    const held: Held = { resident, lanes: taken.length };
    const position = this.#positions++;
    const since = this.setup.clock.monotonic();
    this.#events++;
    this.#bytes += resident;
    for (let i = 0; i < taken.length; i++) {
      const { lane: name, note } = taken[i]!;
      const lane = this.#lane(name);
      lane.add(slot(event, note, position, size, since, held));
      this.setup.onWork(name, lane.waiting);
    }
    return refusal;
  }

  /** Memory is as safe as it gets at once. */
  commit(): Promise<CommitState> {
    return Promise.resolve('buffered');
  }

  lease(name: string, limits: LeaseLimits): Lease | undefined {
    const token = ++this.#leases;
    const events = this.#lane(name).take(token, limits);
    return events.length === 0 ? undefined : { token, events };
  }

  settle(name: string, token: number, events: readonly StoredEvent[], settlement: Settlement): void {
    const lane = this.#lane(name);
    // From the back, so that returned events are in front of each other in their order.
    for (let i = events.length - 1; i >= 0; i--) {
      const slot = events[i] as Slot;
      if (slot.lease !== token) continue;
      slot.lease = 0;
      if (settlement.state === 'returned') {
        lane.putBack(slot);
        continue;
      }
      if (settlement.state === 'delivered') lane.ledger.delivered++;
      else if (settlement.state === 'dropped') this.#dropped(lane, slot, settlement.reason);
      else this.#buried(lane, slot, settlement);
      this.#release(lane, slot);
    }
  }

  waiting(name: string): Waiting {
    return this.#lane(name).waiting;
  }

  oldest(name: string): StoredEvent | undefined {
    return this.#lane(name).oldest;
  }

  ledger(name: string): LaneLedger {
    return this.#lane(name).snapshot();
  }

  deadLetters(name: string): readonly DeadLetter[] {
    return [...this.#lane(name).deadLetters];
  }

  close(): Promise<void> {
    for (const lane of this.#lanes.values()) {
      for (let slot = lane.dropOldest(); slot !== undefined; slot = lane.dropOldest()) {
        this.#dropped(lane, slot, 'closed');
        this.#release(lane, slot);
      }
    }
    return Promise.resolve();
  }

  #lane(name: string): MemoryLane {
    const lane = this.#lanes.get(name);
    if (lane === undefined) throw new Error(`no lane '${name}'`);
    return lane;
  }

  #isFull(resident: number): boolean {
    return this.#events >= this.#maxEvents || this.#bytes + resident > this.#maxBytes;
  }

  #isFullFor(lane: MemoryLane, resident: number): boolean {
    const { events, bytes } = lane.holds;
    return events >= this.#maxEvents * this.#share || bytes + resident > this.#maxBytes * this.#share;
  }

  /** Drops from the lane that lags most, event by event, until there is room or nothing left that is not under way. */
  #makeRoom(resident: number): void {
    while (this.#isFull(resident)) {
      let lagging: MemoryLane | undefined;
      for (const lane of this.#lanes.values()) {
        const position = lane.oldest?.position;
        if (position !== undefined && position < (lagging?.oldest?.position ?? Infinity)) lagging = lane;
      }
      const slot = lagging?.dropOldest();
      if (lagging === undefined || slot === undefined) return;
      this.#dropped(lagging, slot, 'buffer_full');
      this.#release(lagging, slot);
    }
  }

  #dropped(lane: MemoryLane, slot: Slot, reason: Reason): void {
    lane.countDropped(reason);
    this.setup.onDropped(slot.event, lane.name, reason);
  }

  #buried(lane: MemoryLane, slot: Slot, death: Settlement & { state: 'dead' }): void {
    const { reason, attempts, answer } = death;
    const overflow = lane.bury({
      event: slot.event,
      lane: lane.name,
      reason,
      attempts,
      ...(answer !== undefined && { answer }),
    });
    if (overflow !== undefined) this.setup.onDropped(overflow.event, lane.name, 'dead_letters_full');
  }

  #release(lane: MemoryLane, slot: Slot): void {
    lane.release(slot);
    if (--slot.held.lanes > 0) return;
    this.#events--;
    this.#bytes -= slot.held.resident;
  }
}

function slot(
  event: TrackingEvent,
  note: LaneNote | undefined,
  position: number,
  bytes: number,
  since: number,
  held: Held,
): Slot {
  return { event, note, position, bytes, since, held, lease: 0 };
}
