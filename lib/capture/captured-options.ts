import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { EventTime } from '../event/event-time.js';
import type { Id } from '../event/identity.js';
import type { PersonData } from '../event/person-data.js';
import type { Snapshot } from '../event/snapshot.js';
import { surroundings } from '../identity/scope/request-scope.js';
import { CallPlace } from './call-place.js';

/** The members of `EventOptions` that a decorated method decides. */
export interface CapturedMembers {
  readonly userId?: Id | undefined;
  readonly anonymousId?: Id | undefined;
  readonly timestamp?: EventTime | undefined;
  readonly key?: Id | undefined;
  readonly destinations?: readonly string[] | undefined;
  readonly groups?: Readonly<Record<string, Id | undefined>> | undefined;
  readonly person?: PersonData | null | undefined;
}

/**
 * The options that a decorated method passes to `track()`, with the place of its success: a later `track()` may run in the async
 * context of another request. The place is private, so that `toHaveBeenCalledWith` of a test sees plain options.
 */
export class CapturedOptions {
  declare readonly userId?: Id;
  declare readonly anonymousId?: Id;
  declare readonly timestamp?: EventTime;
  declare readonly key?: Id;
  declare readonly destinations?: readonly string[];
  declare readonly groups?: Readonly<Record<string, Id | undefined>>;
  declare readonly person?: PersonData | null;
  readonly #place: CallPlace;
  #kept: Snapshot | undefined;

  constructor(
    source: string,
    { userId, anonymousId, timestamp, key, destinations, groups, person }: CapturedMembers,
    calledAt?: number,
    browserIds?: BrowserIdsByDestination,
    traceparent?: string,
  ) {
    this.#place = new CallPlace(source, surroundings(), true, calledAt, browserIds, traceparent);
    if (userId !== undefined) this.userId = userId;
    if (anonymousId !== undefined) this.anonymousId = anonymousId;
    if (timestamp !== undefined) this.timestamp = timestamp;
    if (key !== undefined) this.key = key;
    if (destinations !== undefined) this.destinations = destinations;
    if (groups !== undefined) this.groups = groups;
    if (person !== undefined) this.person = person;
  }

  /** Notes that these properties are a copy already, so that they are not copied again. */
  keep(properties: Snapshot): void {
    this.#kept = properties;
  }

  /** The place of a decorated call; undefined for the options of another call. */
  static placeOf(options: object): CallPlace | undefined {
    return #place in options ? options.#place : undefined;
  }

  /** The copy that {@link keep} noted, if it is of these very properties. */
  static keptOf(options: object, properties: unknown): Snapshot | undefined {
    const kept = #place in options ? options.#kept : undefined;
    return kept?.value === properties ? kept : undefined;
  }
}
