import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { EventTime } from '../event/event-time.js';
import type { Id } from '../event/identity.js';
import type { PersonData } from '../event/person-data.js';
import type { Snapshot } from '../event/snapshot.js';
import { type Surroundings, surroundings } from '../identity/request-scope.js';
import type { CallPlace } from './call-place.js';

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
 * What a decorated method's success stood in. The async context of a later `track()` may be another request's. The door takes
 * it for the place of the call as it is: another object for each call could be measured.
 */
export class Origin implements CallPlace {
  readonly decided = true;

  /** @param traceparent of the span that was active then, as W3C writes it */
  constructor(
    readonly source: string,
    readonly around: Surroundings | undefined,
    readonly traceparent: string | undefined,
    readonly calledAt: number | undefined,
    readonly browserIds?: BrowserIdsByDestination,
  ) {}
}

/**
 * Options that a decorated method hands to `track()`. They carry where they come from and the browser's ids, and say that the
 * identity is decided. All that is private, so that a test's `toHaveBeenCalledWith` sees plain options.
 */
export class CapturedOptions {
  declare readonly userId?: Id;
  declare readonly anonymousId?: Id;
  declare readonly timestamp?: EventTime;
  declare readonly key?: Id;
  declare readonly destinations?: readonly string[];
  declare readonly groups?: Readonly<Record<string, Id | undefined>>;
  declare readonly person?: PersonData | null;
  readonly #origin: Origin;
  #kept: Snapshot | undefined;

  constructor(
    source: string | Origin,
    { userId, anonymousId, timestamp, key, destinations, groups, person }: CapturedMembers,
    traceparent?: string,
    calledAt?: number,
    browserIds?: BrowserIdsByDestination,
  ) {
    this.#origin =
      typeof source === 'string'
        ? new Origin(source, surroundings(), traceparent, calledAt, browserIds)
        : source;
    if (userId !== undefined) this.userId = userId;
    if (anonymousId !== undefined) this.anonymousId = anonymousId;
    if (timestamp !== undefined) this.timestamp = timestamp;
    if (key !== undefined) this.key = key;
    if (destinations !== undefined) this.destinations = destinations;
    if (groups !== undefined) this.groups = groups;
    if (person !== undefined) this.person = person;
  }

  /** Says that the properties which go with these options are ours already, so that nobody copies them again. */
  keep(properties: Snapshot): void {
    this.#kept = properties;
  }

  /** Where they come from, when `options` came from a decorated method. */
  static originOf(options: object): Origin | undefined {
    return #origin in options ? options.#origin : undefined;
  }

  /** The copy that {@link keep} told of, if it is of these very properties. */
  static keptOf(options: object, properties: unknown): Snapshot | undefined {
    const kept = #origin in options ? options.#kept : undefined;
    return kept?.value === properties ? kept : undefined;
  }
}
