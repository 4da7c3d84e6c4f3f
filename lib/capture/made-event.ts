import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { EventType, JsonObject, TrackingEvent } from '../event/tracking-event.js';
import type { EventParts, LaneConsents } from './event-parts.js';
import type { PersonOfEvent } from './matching/person-matching.js';

/** An event that is not accepted yet, with data that only some lanes get. */
export interface MadeEvent {
  readonly event: TrackingEvent;
  /** Estimated units of its JSON. */
  readonly size: number;
  /** The id may be repeated, and is accepted once. */
  readonly keyed?: boolean;
  /** The only person who may use an id that a client chose. */
  readonly owner?: string | undefined;
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
