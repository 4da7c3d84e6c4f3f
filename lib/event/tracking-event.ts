import type { BrowserIdsByDestination } from './browser-ids.js';

/** The kind of an event: something happened, a person's traits, a person's group, or two ids of one person. */
export type EventType = 'track' | 'identify' | 'group' | 'alias';

/** A value that JSON holds unchanged. Every property becomes one when the event is accepted. */
export type JsonValue = string | number | boolean | null | undefined | readonly JsonValue[] | JsonObject;

/** A plain object of {@link JsonValue}s. Members that are `undefined` are not sent. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * One accepted event. Immutable: id, name, time and identity are the same on every attempt, after every restart and on every
 * replay. Later changes of the object that was passed to `track()` have no effect.
 */
export interface TrackingEvent {
  /** Lowercase UUID: version 7 when new, version 5 when derived from an idempotency key. */
  readonly id: string;
  readonly type: EventType;
  /** The event's name for `track`; the word of its type for the others. */
  readonly name: string;
  /** The time at which it happened, in epoch milliseconds. */
  readonly timestamp: number;
  /** The time at which this process accepted it, in epoch milliseconds. */
  readonly acceptedAt: number;
  /** The person's own id in your system. At least one of `userId`, `anonymousId` and `browserIds` is present. */
  readonly userId?: string;
  /**
   * The id of a person who has not signed in, as the application gave it. A destination gets its own browser id here if there is
   * none.
   */
  readonly anonymousId?: string;
  /**
   * The ids of the platforms' own browser libraries, by destination. Absent from the event that a destination gets; the stored
   * event of one lane has only that lane's.
   */
  readonly browserIds?: BrowserIdsByDestination;
  /** The groups that the event belongs to, by type: `{ company: 'acme' }`. */
  readonly groups?: Readonly<Record<string, string>>;
  /** `group` only: the group's id. */
  readonly groupId?: string;
  /** `group` only: the type of the group, such as `company`. */
  readonly groupType?: string;
  /** `alias` only: the other id of the same person. */
  readonly previousId?: string;
  /** Properties of a `track`, traits of an `identify` or `group`. */
  readonly properties: JsonObject;
  /** Context of the event: page, campaign, trace. Sent to platforms that have fields for it. */
  readonly context?: JsonObject;
  /** The code that recorded the event (`OrdersController.create`), if known. */
  readonly source?: string;
  /** Names of the destinations that get the event. */
  readonly lanes: readonly string[];
}

/** Whether the id was derived from an idempotency key: the same key always gives the same id. */
export function isKeyed({ id }: Pick<TrackingEvent, 'id'>): boolean {
  return id.charCodeAt(14) === 0x35;
}
