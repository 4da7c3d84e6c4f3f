import { keyedId } from '../../event/event-id.js';
import { isoTime } from '../../event/iso-time.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import { areOwn } from '../admissions.js';
import { pageOf, pageUrl } from '../context-fields.js';
import type { Destination } from '../destination.js';

const LIBRARY = Object.freeze({ name: 'nestjs-tracking', version: PACKAGE_VERSION });

/** One message of the protocol, made for one request. A platform may add members. Members that are undefined are not sent. */
export interface Message {
  readonly type: TrackingEvent['type'];
  readonly messageId: string;
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly previousId?: string | undefined;
  readonly groupId?: string | undefined;
  readonly event?: string | undefined;
  readonly properties?: JsonObject | undefined;
  traits?: JsonObject | undefined;
  readonly timestamp: string;
  readonly context: Record<string, JsonValue>;
  [further: string]: unknown;
}

/** Platforms merge the two ids of a message, so neither may be an id that many people share. */
function anonymousIdOf({ userId, anonymousId }: TrackingEvent): string | undefined {
  if (userId === undefined || anonymousId === undefined) return anonymousId;
  return areOwn(userId, anonymousId) ? anonymousId : undefined;
}

export function messageOf(event: TrackingEvent, messageId: string): Message {
  const { type, userId, properties } = event;
  const anonymousId = anonymousIdOf(event);
  const timestamp = isoTime(event.timestamp);
  const context = messageContext(event);
  switch (type) {
    case 'track':
      return { type, messageId, userId, anonymousId, event: event.name, properties, timestamp, context };
    case 'identify':
      return { type, messageId, userId, anonymousId, traits: properties, timestamp, context };
    case 'group': {
      const { groupId } = event;
      return { type, messageId, userId, anonymousId, groupId, traits: properties, timestamp, context };
    }
    case 'alias':
      // An alias is about two ids: a third one would join its person with them.
      return { type, messageId, previousId: event.previousId, userId, timestamp, context };
  }
}

/**
 * The `context` of a message: as recorded, with `library`, the groups, and the page. A `groupId` is only for an event with one
 * group: the protocol has no place for the types of several, and `groups` has all of them.
 */
function messageContext(event: TrackingEvent): Record<string, JsonValue> {
  const { context, groups, groupType } = event;
  const made: Record<string, JsonValue> =
    context === undefined ? { library: LIBRARY } : { ...withPage(event), library: LIBRARY };
  if (groups !== undefined) {
    made['groups'] = groups;
    const ids = Object.values(groups);
    if (ids.length === 1) made['groupId'] = context?.['groupId'] ?? ids[0];
  }
  if (groupType !== undefined) made['groupType'] = groupType;
  return made;
}

/** In the protocol `referrer` is an object about the visit's origin: a text is the page that called the API. */
function withPage(event: TrackingEvent): TrackingEvent['context'] {
  const { context } = event;
  if (typeof context?.['referrer'] !== 'string') return context;
  const { referrer: _, ...others } = context;
  return { ...others, page: { ...(pageOf(event) as JsonObject), url: pageUrl(event) } };
}

/** The `messageId` of an event in one lane. */
export type MessageIds = (event: Pick<TrackingEvent, 'id'>) => string;

/**
 * The event's own id in the lane with the default name. Any other lane derives its own ids: Segment recognises repeats across
 * sources, so it would ignore the same ids for a second source.
 */
export function messageIds({ name, kind }: Pick<Destination, 'name' | 'kind'>): MessageIds {
  if (name === kind) return ({ id }) => id;
  return ({ id }) => keyedId(name, 'message', '', id);
}
