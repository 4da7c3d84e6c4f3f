import { isoTime } from './iso-time.js';
import type { EventType, JsonObject, TrackingEvent } from './tracking-event.js';

/** An event as JSON: the only form outside of the process, for webhooks and on disk. */
export interface EventJson {
  /** Lowercase UUID, the same on every attempt, so that a receiver can recognise a repeated event. */
  readonly id: string;
  readonly type: EventType;
  readonly name: string;
  /** The time at which it happened: ISO 8601 in UTC with milliseconds. */
  readonly timestamp: string;
  /** The time at which this application accepted it, in the same form. */
  readonly acceptedAt: string;
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  /** The groups that the event belongs to, by type. */
  readonly groups?: Readonly<Record<string, string>> | undefined;
  /** `group` only. */
  readonly groupId?: string | undefined;
  /** `group` only: the type of the group. */
  readonly groupType?: string | undefined;
  /** `alias` only: the other id of the same person. */
  readonly previousId?: string | undefined;
  readonly properties: JsonObject;
  readonly context?: JsonObject | undefined;
  /** The code that recorded it, if known. */
  readonly source?: string | undefined;
}

/** An event in its JSON form. The id comes first. `JSON.stringify` leaves out undefined members. */
export function toEventJson(event: TrackingEvent): EventJson {
  return {
    id: event.id,
    type: event.type,
    name: event.name,
    timestamp: isoTime(event.timestamp),
    acceptedAt: isoTime(event.acceptedAt),
    userId: event.userId,
    anonymousId: event.anonymousId,
    groups: event.groups,
    groupId: event.groupId,
    groupType: event.groupType,
    previousId: event.previousId,
    properties: event.properties,
    context: event.context,
    source: event.source,
  };
}

/** The event of a JSON text of {@link toEventJson}. */
export function fromEventJson(text: string, lanes: readonly string[]): TrackingEvent {
  const json = JSON.parse(text) as EventJson;
  return {
    ...json,
    timestamp: Date.parse(json.timestamp),
    acceptedAt: Date.parse(json.acceptedAt),
    lanes,
  } as TrackingEvent;
}

const BEFORE_ID = '{"id":"'.length;
const ID_LENGTH = 36;
const BEFORE_TYPE = BEFORE_ID + ID_LENGTH + '","type":"'.length;
const T = 't'.charCodeAt(0);

/** The id of an event, without reading the rest of its JSON. */
export function idIn(json: string): string {
  return json.slice(BEFORE_ID, BEFORE_ID + ID_LENGTH);
}

/** Whether {@link typeIn} is `track`, without allocating a string: no other type begins like it. */
export function isTrackIn(json: string): boolean {
  return json.charCodeAt(BEFORE_TYPE) === T;
}

/** The type of an event, without reading the rest of its JSON. */
export function typeIn(json: string): string {
  return json.slice(BEFORE_TYPE, json.indexOf('"', BEFORE_TYPE));
}

const ACCEPTED_AT = '"acceptedAt":"';
const ISO_LENGTH = 24;

/** When an event was accepted, in epoch milliseconds, without reading the rest of its JSON. */
export function acceptedAt(json: string): number {
  // The first match is the event's own member: in all text before it, quotes are escaped.
  const at = json.indexOf(ACCEPTED_AT) + ACCEPTED_AT.length;
  return Date.parse(json.slice(at, at + ISO_LENGTH));
}
