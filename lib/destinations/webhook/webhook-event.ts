import type { EventType, JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { isoTime } from './iso-time.js';

/** One event as a receiver gets it; the body of a request is a JSON array of them. */
export interface WebhookEvent {
  /** Lowercase UUID, the same on every attempt: what a receiver recognises a repetition by. */
  readonly id: string;
  readonly type: EventType;
  readonly name: string;
  /** When it happened, ISO 8601 in UTC with milliseconds. */
  readonly timestamp: string;
  /** When this application accepted it, in the same form. */
  readonly acceptedAt: string;
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  /** `group` only. */
  readonly groupId?: string | undefined;
  /** `alias` only: the other id of the same person. */
  readonly previousId?: string | undefined;
  readonly properties: JsonObject;
  readonly context?: JsonObject | undefined;
  /** The code it came from, where known. */
  readonly source?: string | undefined;
}

/** An event in the form of the wire; members that are undefined are left out by JSON. */
export function webhookEvent(event: TrackingEvent): WebhookEvent {
  return {
    id: event.id,
    type: event.type,
    name: event.name,
    timestamp: isoTime(event.timestamp),
    acceptedAt: isoTime(event.acceptedAt),
    userId: event.userId,
    anonymousId: event.anonymousId,
    groupId: event.groupId,
    previousId: event.previousId,
    properties: event.properties,
    context: event.context,
    source: event.source,
  };
}
