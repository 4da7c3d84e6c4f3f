import type { BrowserIds } from './browser-ids.js';
import { idIn, isTrackIn } from './event-json.js';
import type { JsonObject, TrackingEvent } from './tracking-event.js';

/**
 * Data of a destination about one event in its lane. Created when the event is accepted, stored with it, and never changed. Plain
 * JSON. KISSmetrics keeps the shifted second here.
 */
export type LaneNote = string | number | { readonly [key: string]: string | number | boolean };

/** A person's data for matching, by the names of `PersonData`: normalised, then SHA-256 in hexadecimal digits. */
export type HashedPerson = Readonly<Record<string, string>>;

/** The answer of the consent hooks, for a platform that has its own consent fields. */
export interface ConsentState {
  /** By purpose; absent if no hook decided. */
  readonly analytics?: 'allow' | 'drop' | 'strip' | undefined;
  readonly advertising?: 'allow' | 'drop' | 'strip' | undefined;
  /** The platform's own fields, as the hook gave them for this destination. */
  readonly fields?: JsonObject | undefined;
}

/**
 * Data of an event for one lane only. Made once, when the event is accepted, and stored with it, so that retries, replays and
 * deployments change nothing. Plain JSON.
 */
export interface LaneEntry {
  readonly note?: LaneNote | undefined;
  readonly browser?: BrowserIds | undefined;
  /** The name and properties that `map` returned, if they differ from the event's. */
  readonly name?: string | undefined;
  readonly properties?: JsonObject | undefined;
  /** This lane gets the event without its person, under these ids. */
  readonly stripped?: { readonly id: string; readonly anonymousId: string } | undefined;
  /** Only for destinations that need it. */
  readonly person?: HashedPerson | undefined;
  /** Only for destinations that need it. */
  readonly consent?: ConsentState | undefined;
  /** The lane does not have the event: it declined it for this reason. A replay must not send it there either. */
  readonly withheld?: 'consent' | 'filtered' | undefined;
}

/** An event as a buffer stores it for one lane. */
export interface HeldEvent {
  readonly event: TrackingEvent;
  /** The event's JSON (`EventJson`), if the buffer stored it as JSON. It has no part of the entry. */
  readonly json?: string | undefined;
  /** Data of the event for this lane only. */
  readonly entry?: LaneEntry | undefined;
}

/** An event as its destination gets it. */
export interface LaneEvent {
  readonly event: TrackingEvent;
  readonly note?: LaneNote | undefined;
  /** Ids that the destination's own resolvers read. The `anonymousId` is also the event's if the event has none. */
  readonly browser?: BrowserIds | undefined;
  /** For a destination with `needs: ['person']`. */
  readonly person?: HashedPerson | undefined;
  /** For a destination with `needs: ['consent']`. */
  readonly consent?: ConsentState | undefined;
  /** The event's JSON (`EventJson`), if it was stored as JSON. */
  readonly json?: string | undefined;
}

/** The event's id. Does not parse an event that is stored as JSON. */
export function idOf(held: Pick<HeldEvent, 'event' | 'json'>): string {
  return held.json === undefined ? held.event.id : idIn(held.json);
}

/** Whether it is a `track`. Does not parse an event that is stored as JSON. */
export function isTrack(held: Pick<HeldEvent, 'event' | 'json'>): boolean {
  return held.json === undefined ? held.event.type === 'track' : isTrackIn(held.json);
}
