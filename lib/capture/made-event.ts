import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { Identity } from '../event/identity.js';
import type { ConsentState, HashedPerson } from '../event/lane-event.js';
import type { Snapshot } from '../event/snapshot.js';
import type { EventType, JsonObject, TrackingEvent } from '../event/tracking-event.js';
import type { Groups } from './groups.js';

/** The content of an event, checked and copied. */
export interface EventParts {
  readonly name: string;
  readonly timestamp: number;
  readonly who: Identity;
  readonly groupId: string | undefined;
  readonly previousId: string | undefined;
  readonly groups?: Groups | undefined;
  readonly groupType?: string | undefined;
  readonly properties: Snapshot;
  readonly context: Snapshot | undefined;
  /** The person was removed. An id that a client chose must not identify the event either. */
  readonly stripped?: boolean;
  /** Absent if all lanes have the same decision of consent and none needs it. */
  readonly consent?: LaneConsents | undefined;
  /** A hook changed the person of the event. */
  readonly isReattributed?: boolean;
}

/** The answer of the consent hooks for one lane. */
export interface LaneConsent {
  readonly decision: 'allow' | 'drop' | 'strip';
  /** Only for a destination that needs it. */
  readonly state?: ConsentState | undefined;
}

export type LaneConsents = ReadonlyMap<string, LaneConsent>;

/** Hashed data of an event's person, computed at the first use and cached. */
export type PersonOfEvent = () => HashedPerson | undefined;

export interface EventId {
  readonly id: string;
  /** The id may be repeated, and is accepted once. */
  readonly keyed: boolean;
  /** The only person who may use an id that a client chose. */
  readonly owner?: string | undefined;
}

/** An event that is not accepted yet, with data that only some lanes get. */
export interface MadeEvent extends Partial<Omit<EventId, 'id'>> {
  readonly event: TrackingEvent;
  /** Estimated units of its JSON. */
  readonly size: number;
  readonly consent?: LaneConsents | undefined;
  /** Absent if no lane needs it. */
  readonly person?: PersonOfEvent | undefined;
  /** The order of the calls, for a hold. */
  readonly turn?: number;
}

/**
 * The event itself. A class, so that all events have one shape, and V8 does not allocate short-lived events among its old
 * objects.
 */
export class AcceptedEvent implements TrackingEvent {
  readonly id: string;
  readonly type: EventType;
  readonly name: string;
  readonly timestamp: number;
  readonly acceptedAt: number;
  declare readonly userId?: string;
  declare readonly anonymousId?: string;
  declare readonly browserIds?: BrowserIdsByDestination;
  declare readonly groups?: Readonly<Record<string, string>>;
  declare readonly groupId?: string;
  declare readonly groupType?: string;
  declare readonly previousId?: string;
  readonly properties: JsonObject;
  declare readonly context?: JsonObject;
  declare readonly source?: string;
  readonly lanes: readonly string[];

  constructor(
    id: string,
    type: EventType,
    parts: EventParts,
    acceptedAt: number,
    source: string | undefined,
    lanes: readonly string[],
  ) {
    this.id = id;
    this.type = type;
    this.name = parts.name;
    this.timestamp = parts.timestamp;
    this.acceptedAt = acceptedAt;
    const { userId, anonymousId, browserIds } = parts.who;
    if (userId !== undefined) this.userId = userId;
    if (anonymousId !== undefined) this.anonymousId = anonymousId;
    if (browserIds !== undefined) this.browserIds = browserIds;
    if (parts.groups !== undefined) this.groups = parts.groups;
    if (parts.groupId !== undefined) this.groupId = parts.groupId;
    if (parts.groupType !== undefined) this.groupType = parts.groupType;
    if (parts.previousId !== undefined) this.previousId = parts.previousId;
    this.properties = parts.properties.value;
    if (parts.context !== undefined) this.context = parts.context.value;
    if (source !== undefined) this.source = source;
    this.lanes = lanes;
  }
}
