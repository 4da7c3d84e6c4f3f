import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { entriesSize } from '../entry-size.js';
import { shownLetter } from '../shown-entry.js';
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
import { ColdStore } from './cold-store.js';
import { MemoryLane } from './memory-lane.js';
import type { MemoryOptions } from './memory-options.js';
import { HotSlot, MemoryEvent, residentBytes, type MemorySlot } from './memory-slot.js';

/**
 * The buffer of `memory()`: one queue for each lane over events that are stored once. The newest are objects; what a lagging
 * lane has not come to is moved outside of the heap.
 */
export class MemoryBuffer implements EventBuffer {
  readonly durable = false;
  readonly #lanes = new Map<string, MemoryLane>();
  readonly #cold = new ColdStore();
  /** What one lane may hold under `rejectNewest`: an equal part of the room, so that no lane can take another's. */
  readonly #share: number;
  /** Hot events; the cold ones count in their store. */
  #events = 0;
  #bytes = 0;
  #positions = 0;
  #leases = 0;

  constructor(
    private readonly options: Required<MemoryOptions>,
    private readonly setup: BufferSetup,
  ) {
    const count = setup.lanes.length;
    this.#share = 1 / count;
    // Lanes that fail may hold on to what they have tried. Whatever all of them together have out, some room is left over.
    const maxOut = {
      events: options.maxEvents / (count + 1),
      bytes: options.maxBytes / (count + 1),
    };
    for (const name of setup.lanes) {
      const lane = new MemoryLane(name, setup.deadLetters, maxOut, (block) =>
        this.#thawed(this.#cold.thaw(block, name)),
      );
      this.#lanes.set(name, lane);
    }
  }

  get nextPosition(): number {
    return this.#positions;
  }

  /** Bytes that waiting events are charged with. */
  get residentBytes(): number {
    return this.#bytes + this.#cold.bytes;
  }

  offer(event: TrackingEvent, size: number, routes: readonly Route[]): Refusal | undefined {
    const resident = residentBytes(size + entriesSize(routes));
    const taken = this.#admit(resident, routes);
    const refusal: Refusal | undefined =
      taken.length === routes.length
        ? undefined
        : {
            reason: 'buffer_full',
            lanes: routes.filter((route) => !taken.includes(route)).map(({ lane }) => lane),
          };
    if (taken.length === 0) return refusal;

    const position = this.#positions++;
    const since = this.setup.clock.monotonic();
    const held = new MemoryEvent(resident, taken, size);
    this.#events++;
    this.#bytes += resident;
    for (let i = 0; i < taken.length; i++) {
      const route = taken[i]!;
      const lane = this.#lane(route.lane);
      const slot = new HotSlot(held, route, event, position, since);
      lane.add(slot);
      this.setup.onWork(route.lane, lane.waiting, 1);
    }
    // Only now, when every lane has its slot.
    for (const { lane } of taken) this.#chillIfLagging(this.#lane(lane));
    return refusal;
  }

  /** Memory is as safe as it gets at once. */
  commit(): Promise<CommitState> {
    return Promise.resolve('buffered');
  }

  lease(name: string, limits: LeaseLimits): Lease | undefined {
    const token = ++this.#leases;
    const events = this.#lane(name).lease(token, limits);
    return events.length === 0 ? undefined : { token, events };
  }

  settle(name: string, token: number, events: readonly StoredEvent[], settlement: Settlement): void {
    const lane = this.#lane(name);
    const returned = settlement.state === 'returned';
    // What is returned goes to the front one by one, so the last comes first.
    for (const held of returned ? events.toReversed() : events) {
      const slot = held as MemorySlot;
      if (slot.lease !== token) continue;
      lane.endLease(slot);
      if (returned) {
        lane.putBack(slot);
        continue;
      }
      if (settlement.state === 'delivered') {
        lane.deliver(slot);
        this.#leave(slot.held);
      } else if (settlement.state === 'dropped') this.#drop(lane, slot, settlement.reason);
      else this.#bury(lane, slot, settlement);
    }
  }

  waiting(name: string): Waiting {
    return this.#lane(name).waiting;
  }

  oldest(name: string): StoredEvent | undefined {
    return this.#lane(name).oldest;
  }

  firstPosition(name: string): number {
    return this.#lane(name).oldestPosition;
  }

  ledger(name: string): LaneLedger {
    return this.#lane(name).snapshot();
  }

  deadLetters(name: string): readonly DeadLetter[] {
    return this.#lane(name).deadLetters;
  }

  close(): Promise<void> {
    for (const lane of this.#lanes.values()) {
      for (let slot = lane.dropOldest(); slot !== undefined; slot = lane.dropOldest()) {
        this.#drop(lane, slot, 'closed');
      }
    }
    return Promise.resolve();
  }

  #lane(name: string): MemoryLane {
    const lane = this.#lanes.get(name);
    if (lane === undefined) throw new Error(`no lane '${name}'`);
    return lane;
  }

  /** The routes that have room, after room was made where the policy says so. */
  #admit(resident: number, routes: readonly Route[]): readonly Route[] {
    // Nothing would make room for it, so nothing is dropped for it.
    if (resident > this.options.maxBytes - this.#bytesOut()) return [];
    let taken = routes;
    if (this.options.onFull === 'dropOldest') {
      if (this.#isFull(resident)) this.#makeRoom(resident);
    } else if (!routes.every(({ lane }) => this.#hasShare(this.#lane(lane), resident))) {
      taken = routes.filter(({ lane }) => this.#hasShare(this.#lane(lane), resident));
    }
    return this.#isFull(resident) ? [] : taken;
  }

  #bytesOut(): number {
    let out = 0;
    for (const lane of this.#lanes.values()) out += lane.bytesOut;
    return out;
  }

  #isFull(resident: number): boolean {
    const { maxEvents, maxBytes } = this.options;
    return this.#events + this.#cold.events >= maxEvents || this.residentBytes + resident > maxBytes;
  }

  #hasShare(lane: MemoryLane, resident: number): boolean {
    const { maxEvents, maxBytes } = this.options;
    const { pendingEvents, pendingBytes } = lane;
    return pendingEvents < maxEvents * this.#share && pendingBytes + resident <= maxBytes * this.#share;
  }

  /** Drops from the lane that lags most, event by event, until there is room or nothing left that is not under way. */
  #makeRoom(resident: number): void {
    while (this.#isFull(resident)) {
      let lagging: MemoryLane | undefined;
      for (const lane of this.#lanes.values()) {
        if (lane.oldestPosition < (lagging?.oldestPosition ?? Infinity)) lagging = lane;
      }
      const slot = lagging?.dropOldest();
      if (lagging === undefined || slot === undefined) return;
      this.#drop(lagging, slot, 'buffer_full');
    }
  }

  /** Moves the oldest hot events of a lagging lane into the cold, for every lane that waits for them. */
  #chillIfLagging(lane: MemoryLane): void {
    if (!this.#cold.wants(lane)) return;
    this.#cold.store(lane, this.#lanes, ({ held }) => this.#leave(held));
  }

  #thawed(slots: readonly MemorySlot[]): readonly MemorySlot[] {
    for (const { held } of slots) {
      if (held.counts) this.#events++;
      this.#bytes += held.resident;
    }
    return slots;
  }

  #drop(lane: MemoryLane, slot: MemorySlot, reason: Reason): void {
    const { lanes, elsewhere } = slot.held;
    lane.drop(slot, reason);
    this.setup.onDropped(slot, lane.name, reason, lanes === 1 && !elsewhere);
    this.#leave(slot.held);
  }

  #bury(lane: MemoryLane, slot: MemorySlot, death: Settlement & { state: 'dead' }): void {
    const { reason, attempts, answer } = death;
    const { event, entry, bytes } = slot;
    const about = { event, lane: lane.name, reason, attempts };
    const letter = shownLetter({ ...about, entry, ...(answer !== undefined && { answer }) });
    const dropped = lane.bury(slot, letter, residentBytes(bytes + (answer?.length ?? 0)));
    for (const { event: oldest } of dropped) {
      this.setup.onDropped({ event: oldest }, lane.name, 'dead_letters_full', oldest.lanes.length === 1);
    }
    this.#leave(slot.held);
  }

  /** One lane less needs the event; without any it is gone. */
  #leave(held: MemoryEvent): void {
    if (--held.lanes > 0) return;
    if (held.counts) this.#events--;
    this.#bytes -= held.resident;
  }
}
