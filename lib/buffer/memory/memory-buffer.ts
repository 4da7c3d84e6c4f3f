import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { entriesSize, shownLetter } from '../entries.js';
import type {
  BufferSetup,
  CommitState,
  DeadLetter,
  EventBuffer,
  LaneLedger,
  Lease,
  LeaseLimits,
  OfferRefusal,
  Route,
  Settlement,
  StoredEvent,
  Waiting,
} from '../event-buffer.js';
import { takeLease } from '../lease-parts.js';
import { ColdStore } from './cold-store.js';
import { MemoryLane } from './memory-lane.js';
import type { MemoryOptions } from './memory-options.js';
import { HotSlot, MemoryEvent, residentBytes, type MemorySlot } from './memory-slot.js';

/**
 * The buffer of `memory()`: one queue for each lane, and each event stored once. The newest events are objects; the other events
 * of a slow lane are moved outside of the heap.
 */
export class MemoryBuffer implements EventBuffer {
  readonly durable = false;
  readonly #lanes = new Map<string, MemoryLane>();
  readonly #cold = new ColdStore();
  readonly #onChilled = ({ stored }: MemorySlot): void => this.#leave(stored);
  /** The part of the room for each lane with `rejectNewest`, so that no lane takes the room of another one. */
  readonly #share: number;
  /** Hot events. The cold store counts the others. */
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
    // Failing lanes keep their leases. If every lane leases as much as it may, some room is left.
    const maxLeased = {
      events: options.maxEvents / (count + 1),
      bytes: options.maxBytes / (count + 1),
    };
    for (const name of setup.lanes) {
      const lane = new MemoryLane(name, setup.deadLetters, maxLeased, (block) =>
        this.#thawed(this.#cold.thaw(block, name)),
      );
      this.#lanes.set(name, lane);
    }
  }

  get nextPosition(): number {
    return this.#positions;
  }

  /** Memory that pending events are charged with. */
  get residentBytes(): number {
    return this.#bytes + this.#cold.bytes;
  }

  offer(event: TrackingEvent, size: number, routes: readonly Route[]): OfferRefusal | undefined {
    const resident = residentBytes(size + entriesSize(routes));
    const taken = this.#admit(resident, routes);
    const refusal: OfferRefusal | undefined =
      taken.length === routes.length
        ? undefined
        : {
            reason: 'buffer_full',
            lanes: routes.filter((route) => !taken.includes(route)).map(({ lane }) => lane),
          };
    if (taken.length === 0) return refusal;

    const position = this.#positions++;
    const since = this.setup.clock.monotonic();
    const stored = new MemoryEvent(resident, taken, size);
    this.#events++;
    this.#bytes += resident;
    for (let i = 0; i < taken.length; i++) {
      const route = taken[i]!;
      const lane = this.#lane(route.lane);
      const slot = new HotSlot(stored, route, event, position, since);
      lane.add(slot);
      this.setup.onWork(route.lane, lane.unleased, 1);
    }
    // After every lane has its slot: a block takes those of all lanes.
    for (const { lane } of taken) this.#cold.store(this.#lane(lane), this.#lanes, this.#onChilled);
    return refusal;
  }

  commit(): Promise<CommitState> {
    return Promise.resolve('buffered');
  }

  lease(name: string, limits: LeaseLimits): Lease | undefined {
    const token = ++this.#leases;
    const events = takeLease(this.#lane(name), token, limits);
    return events.length === 0 ? undefined : { token, events };
  }

  settle(name: string, token: number, events: readonly StoredEvent[], settlement: Settlement): void {
    const lane = this.#lane(name);
    const returned = settlement.state === 'returned';
    // Each returned event goes to the front, so the last is returned first.
    for (const event of returned ? events.toReversed() : events) {
      const slot = event as MemorySlot;
      if (slot.lease !== token) continue;
      lane.endLease(slot);
      if (returned) {
        lane.putBack(slot);
        continue;
      }
      if (settlement.state === 'delivered') {
        lane.deliver(slot);
        this.#leave(slot.stored);
      } else if (settlement.state === 'dropped') this.#drop(lane, slot, settlement.reason);
      else this.#bury(lane, slot, settlement);
    }
  }

  waiting(name: string): Waiting {
    return this.#lane(name).unleased;
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
      for (let slot = lane.shift(); slot !== undefined; slot = lane.shift()) {
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

  /** The routes with room for the event. With `dropOldest`, older events make room. */
  #admit(resident: number, routes: readonly Route[]): readonly Route[] {
    // Dropping older events would not make enough room.
    if (resident > this.options.maxBytes - this.#leasedBytes()) return [];
    let taken = routes;
    if (this.options.onFull === 'dropOldest') {
      if (this.#isFull(resident)) this.#makeRoom(resident);
    } else if (!routes.every(({ lane }) => this.#hasShare(this.#lane(lane), resident))) {
      taken = routes.filter(({ lane }) => this.#hasShare(this.#lane(lane), resident));
    }
    return this.#isFull(resident) ? [] : taken;
  }

  #leasedBytes(): number {
    let bytes = 0;
    for (const lane of this.#lanes.values()) bytes += lane.leasedBytes;
    return bytes;
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

  /** Drops the oldest event of the slowest lane until there is room, or all pending events are leased. */
  #makeRoom(resident: number): void {
    while (this.#isFull(resident)) {
      let lagging: MemoryLane | undefined;
      for (const lane of this.#lanes.values()) {
        if (lane.oldestPosition < (lagging?.oldestPosition ?? Infinity)) lagging = lane;
      }
      const slot = lagging?.shift();
      if (lagging === undefined || slot === undefined) return;
      this.#drop(lagging, slot, 'buffer_full');
    }
  }

  #thawed(slots: readonly MemorySlot[]): readonly MemorySlot[] {
    for (const { stored } of slots) {
      if (stored.counts) this.#events++;
      this.#bytes += stored.resident;
    }
    return slots;
  }

  #drop(lane: MemoryLane, slot: MemorySlot, reason: Reason): void {
    const { lanes, elsewhere } = slot.stored;
    lane.drop(slot, reason);
    this.setup.onDropped(slot, lane.name, reason, lanes === 1 && !elsewhere);
    this.#leave(slot.stored);
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
    this.#leave(slot.stored);
  }

  /** A lane does not need the event any more. The last lane frees its memory. */
  #leave(stored: MemoryEvent): void {
    if (--stored.lanes > 0) return;
    if (stored.counts) this.#events--;
    this.#bytes -= stored.resident;
  }
}
