import type { LaneEntry } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { entrySize } from '../entry-size.js';
import type { Route } from '../event-buffer.js';
import { PENDING, Slot } from '../slot.js';

/** What an event takes in the heap beside its texts: the event, its slot, its properties' object, its id. */
const RESIDENT_BASE = 700;
/** What one unit of its JSON takes: the character, and the value and key around it. */
const RESIDENT_PER_UNIT = 1.5;

/** Bytes that an event is charged with, by the units of its JSON. */
export function residentBytes(size: number): number {
  return Math.ceil(RESIDENT_BASE + size * RESIDENT_PER_UNIT);
}

/** An event that is stored once, for all its lanes. */
export class MemoryEvent {
  /** The last of its slots, one for each route; each knows the one before. A list of its own would cost more than they do. */
  last: MemorySlot | undefined;
  /** Lanes that have not settled it. */
  lanes: number;
  /** A lane has delivered it, or another copy of it may be delivered. */
  elsewhere = false;
  /** Whether it counts as an event of the buffer; a copy of an event in a block does not. */
  counts = true;

  constructor(
    /** Bytes of the heap that it is charged with. */
    readonly resident: number,
    readonly routes: readonly Route[],
    /** Estimated bytes of the event's JSON, without entries. */
    readonly size: number,
  ) {
    this.lanes = routes.length;
  }

  /** Its slots that are not leased. */
  pending(): MemorySlot[] {
    const slots: MemorySlot[] = [];
    for (let slot = this.last; slot !== undefined; slot = slot.before) {
      if (slot.lease === PENDING) slots.push(slot);
    }
    return slots;
  }
}

/** An event in one lane. */
export interface MemorySlot extends Slot {
  readonly held: MemoryEvent;
  readonly route: Route;
  /** Another lane's slot of the same event. */
  readonly before: MemorySlot | undefined;
}

/** The slot of an event that is an object. */
export class HotSlot extends Slot implements MemorySlot {
  readonly before: MemorySlot | undefined;
  readonly bytes: number;

  constructor(
    readonly held: MemoryEvent,
    readonly route: Route,
    readonly event: TrackingEvent,
    readonly position: number,
    readonly since: number,
  ) {
    super();
    this.before = held.last;
    held.last = this;
    this.bytes = held.size + entrySize(route.entry);
  }

  get entry(): LaneEntry | undefined {
    return this.route.entry;
  }
}
