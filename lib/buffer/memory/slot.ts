import type { StoredEvent } from '../event-buffer.js';

/** An event that is stored, for however many lanes. */
export interface Held {
  readonly resident: number;
  /** Lanes that have not settled it. */
  lanes: number;
}

/** An event as one lane holds it. */
export interface Slot extends StoredEvent {
  readonly held: Held;
  /** The lease it is out with; 0 while it waits or is settled. */
  lease: number;
}
