import type { TrackingEvent } from '../../../event/tracking-event.js';
import type { Route } from '../../event-buffer.js';

const NONE: readonly Route[] = [];

/** What an event takes in the heap beside its texts. */
const RESIDENT_BASE = 800;
/** What one unit of its JSON takes: the character as such and in the JSON, and the value and key around it. */
const RESIDENT_PER_UNIT = 2.5;

/** Bytes that an event in memory is charged with, by the units of its JSON. */
export function residentBytes(size: number): number {
  return Math.ceil(RESIDENT_BASE + size * RESIDENT_PER_UNIT);
}

/** An event that was accepted, as an object. Here and below classes and not literals: V8 may allocate those among its old. */
export class AcceptedEvent {
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
