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
  /** The event's JSON (`EventJson`), where it is at hand because it was stored as such. */
  readonly json?: string | undefined;
}

const BEFORE_ID = '{"id":"'.length;
const ID_LENGTH = 36;

/** The event's id, without reading the event where only its JSON is at hand. */
export function idOf(held: LaneEvent): string {
  return held.json === undefined ? held.event.id : held.json.slice(BEFORE_ID, BEFORE_ID + ID_LENGTH);
}
