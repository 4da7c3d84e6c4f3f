import type { LaneEntry } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { entrySize } from '../entry-size.js';
import type { Route, StoredEvent } from '../event-buffer.js';

/** Where a slot is, in place of the token of a lease. */
export const WAITS = 0;
/** Settled, dropped, or moved into a cold block. */
export const GONE = -1;

/** What an event takes in the heap beside its texts: the event, its slot, its properties' object, its id. */
const RESIDENT_BASE = 700;
/** What one unit of its JSON takes: the character, and the value and key around it. */
const RESIDENT_PER_UNIT = 1.5;

/** Bytes that an event is charged with, by the units of its JSON. */
export function residentBytes(size: number): number {
  return Math.ceil(RESIDENT_BASE + size * RESIDENT_PER_UNIT);
}

/**
 * An event that is stored, for however many lanes. Here and below a class and not a literal: V8 may decide to allocate
 * literals among its old objects, where those that are short-lived after all pile up.
 */
export class Held {
  /** The last of its slots, one for each route; each knows the one before. A list of its own would cost more than they do. */
  last: Slot | undefined;
  /** Lanes that have not settled it. */
  lanes: number;
  /** A lane has delivered it, or another copy of it may be. */
  elsewhere = false;
  /** Whether it counts as an event of the buffer; a copy of what a block still holds does not. */
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

  /** Its slots that wait. */
  waiting(): Slot[] {
    const slots: Slot[] = [];
    for (let slot = this.last; slot !== undefined; slot = slot.before) {
      if (slot.lease === WAITS) slots.push(slot);
    }
    return slots;
  }
}

/** An event as one lane holds it. */
export interface Slot extends StoredEvent {
  readonly held: Held;
  readonly route: Route;
  /** Another lane's slot of the same event. */
  readonly before: Slot | undefined;
  /** The lease it is out with, or `WAITS`, or `GONE`. */
  lease: number;
}

/** The slot of an event that is an object. */
export class HotSlot implements Slot {
  lease = WAITS;
  readonly before: Slot | undefined;
  readonly bytes: number;

  constructor(
    readonly held: Held,
    readonly route: Route,
    readonly event: TrackingEvent,
    readonly position: number,
    readonly since: number,
  ) {
    this.before = held.last;
    held.last = this;
    this.bytes = held.size + entrySize(route.entry);
  }

  get entry(): LaneEntry | undefined {
    return this.route.entry;
  }
}
