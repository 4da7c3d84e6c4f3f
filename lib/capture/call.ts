import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { EventTime } from '../event/event-time.js';
import type { Id, IdentityInput } from '../event/identity.js';
import type { PersonData } from '../event/person-data.js';
import type { Snapshot } from '../event/snapshot.js';
import type { EventType } from '../event/tracking-event.js';
import { type Surroundings, surroundings } from '../identity/scope/request-scope.js';

/** One call, as the caller made it. Nothing is checked. */
export interface EventCall<Id = unknown> {
  readonly type: EventType;
  readonly name: unknown;
  readonly properties: unknown;
  /** `group` only. */
  readonly groupId?: Id;
  /** `alias` only. */
  readonly previousId?: Id;
  /** `alias` only: the person. It takes precedence over the options. */
  readonly userId?: Id;
}

export interface CallOptions extends IdentityInput {
  readonly timestamp?: unknown;
  readonly key?: unknown;
  readonly destinations?: unknown;
  readonly context?: unknown;
  readonly groups?: unknown;
  readonly person?: unknown;
  /** `group` only. */
  readonly groupType?: unknown;
}

/** Where a call comes from. A class, so that all calls have one shape. */
export class CallPlace {
  /**
   * @param source such as `OrdersController.create`, if known
   * @param isDecided a decorated method has decided the identity
   * @param calledAt the clock's time when the decorated method was called; the event's time unless another is given
   * @param browserIds of the decided identity
   * @param traceparent of the span that was active when the decorated method succeeded
   */
  constructor(
    readonly source: string | undefined,
    readonly around: Surroundings | undefined,
    readonly isDecided = false,
    readonly calledAt?: number,
    readonly browserIds?: BrowserIdsByDestination,
    readonly traceparent?: string,
  ) {}

  /** The place of a call with these options: of the decorated method, otherwise of the running code. */
  static of(options: object): CallPlace {
    const decorated = CapturedOptions.placeOf(options);
    if (decorated !== undefined) return decorated;
    const around = surroundings();
    return new CallPlace(around?.scope?.source, around);
  }
}

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
export class CapturedOptions implements CapturedMembers {
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
