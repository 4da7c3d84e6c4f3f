import type { LaneEntry } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { entrySize } from '../entries.js';
import type { Route } from '../event-buffer.js';
import { PENDING, Slot } from '../slot.js';

/** Heap bytes of an event without its texts: the event, its slot, its properties' object, its id. */
const RESIDENT_BASE = 700;
/** Heap bytes for one unit of its JSON: the character, and a part of its value and key. */
const RESIDENT_PER_UNIT = 1.5;

/** Bytes that an event is charged with, by the length of its JSON. */
export function residentBytes(size: number): number {
  return Math.ceil(RESIDENT_BASE + size * RESIDENT_PER_UNIT);
}

/** An event that is stored once, for all its lanes. */
export class MemoryEvent {
  /** Its last slot; each slot refers to the one before. An array would take more memory than the slots. */
  last: MemorySlot | undefined;
  /** Lanes that have not settled it. */
  lanes: number;
  /** A lane has delivered it, or may deliver another copy of it. */
  elsewhere = false;
  /** Whether it counts as an event of the buffer. A copy of an event in a block does not. */
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
  readonly stored: MemoryEvent;
  readonly route: Route;
  /** Another lane's slot of the same event. */
  readonly before: MemorySlot | undefined;
}

/** The slot of an event that was never in a block. */
export class HotSlot extends Slot implements MemorySlot {
  readonly before: MemorySlot | undefined;
  readonly bytes: number;

  constructor(
    readonly stored: MemoryEvent,
    readonly route: Route,
    readonly event: TrackingEvent,
    readonly position: number,
    readonly since: number,
  ) {
    super();
    this.before = stored.last;
    stored.last = this;
    this.bytes = stored.size + entrySize(route.entry);
  }

  get entry(): LaneEntry | undefined {
    return this.route.entry;
  }
}
