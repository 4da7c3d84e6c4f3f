import { fromEventJson } from '../event/event-json.js';
import type { LaneEntry } from '../event/lane-event.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { StoredEvent } from './event-buffer.js';

/** In place of the token of a lease: the event is not leased. */
export const PENDING = 0;
/** In place of the token of a lease: the event is settled, or not in memory any more. */
export const GONE = -1;

/**
 * The state of one event in one lane of a buffer: pending, leased or gone. Slots are classes and not literals, because V8 may
 * allocate literals among its old objects.
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

/** An event that is stored as JSON. It is parsed only if more than its text is needed. */
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
