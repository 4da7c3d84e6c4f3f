import type { TrackingEvent } from './tracking-event.js';

/**
 * What one destination decided about one event when it entered that destination's lane; stored with the event and never
 * decided again. Plain JSON. KISSmetrics keeps the shifted second here.
 */
export type LaneNote = string | number | { readonly [key: string]: string | number | boolean };

/** An event as one lane holds it. */
export interface LaneEvent {
  readonly event: TrackingEvent;
  readonly note?: LaneNote | undefined;
}
