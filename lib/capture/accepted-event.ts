import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { EventType, JsonObject, TrackingEvent } from '../event/tracking-event.js';
import type { EventParts } from './event-parts.js';

/**
 * An event as the door makes it. A class and not a literal: all events share one shape, and V8 never decides to allocate
 * them among its old objects, where those that are short-lived after all would pile up.
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
