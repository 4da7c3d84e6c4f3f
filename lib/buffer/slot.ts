import { fromEventJson } from '../event/event-json.js';
import type { LaneEntry } from '../event/lane-event.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { StoredEvent } from './event-buffer.js';

/** In place of the token of a lease: the event is not leased. */
export const PENDING = 0;
/** In place of the token of a lease: the event is settled, or not in memory any more. */
export const GONE = -1;

/**
 * The state of one event in one lane of a buffer: pending, leased or gone. Slots are classes, because V8 may allocate object
 * literals in its old space.
 */
export abstract class Slot implements StoredEvent {
  /** The token of its lease, or {@link PENDING}, or {@link GONE}. */
  lease = PENDING;
  abstract readonly event: TrackingEvent;
  abstract readonly entry: LaneEntry | undefined;
  abstract readonly position: number;
  abstract readonly bytes: number;
  abstract readonly since: number;

  get isGone(): boolean {
    return this.lease === GONE;
  }
}

/** An event that is stored as JSON, and parsed only when its fields are needed. */
export abstract class JsonSlot extends Slot {
  #event: TrackingEvent | undefined;

  constructor(
    readonly json: string,
    private readonly lanes: readonly string[],
  ) {
    super();
  }

  get event(): TrackingEvent {
    return (this.#event ??= fromEventJson(this.json, this.lanes));
  }
}
