import { isoTime } from '../../event/iso-time.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { areOwn } from '../joined-ids.js';
import { messageContext } from './message-context.js';

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

/** Platforms join two ids of one message, so that neither may be a word that many people share. */
function anonymousIdOf({ userId, anonymousId }: TrackingEvent): string | undefined {
  if (userId === undefined || anonymousId === undefined) return anonymousId;
  return areOwn(userId, anonymousId) ? anonymousId : undefined;
}

/** The message of an event. */
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
