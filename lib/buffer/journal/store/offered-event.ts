import type { TrackingEvent } from '../../../event/tracking-event.js';
import type { Route } from '../../event-buffer.js';

const NONE: readonly Route[] = [];

/** Heap bytes of an event without its texts. */
const RESIDENT_BASE = 800;
/** Heap bytes for one unit of its JSON: the character in the event and in the JSON, and a part of its value and key. */
const RESIDENT_PER_UNIT = 2.5;

/** Bytes that an event in memory is charged with, by the length of its JSON. */
export function residentBytes(size: number): number {
  return Math.ceil(RESIDENT_BASE + size * RESIDENT_PER_UNIT);
}

/** An event of this process, as an object. A class, because V8 may allocate object literals in its old space. */
export class OfferedEvent {
  json: string | undefined;

  constructor(
    readonly seq: number,
    readonly event: TrackingEvent,
    readonly size: number,
    readonly resident: number,
    readonly since: number,
    readonly routes: readonly Route[],
    readonly replay: string | undefined,
    /** Lanes that must never get it. */
    readonly withheld: readonly Route[] = NONE,
  ) {}
}
