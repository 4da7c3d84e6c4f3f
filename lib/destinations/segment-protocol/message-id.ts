import { keyedId } from '../../event/event-id.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Destination } from '../destination.js';

/** The `messageId` of an event in one lane. */
export type MessageIds = (event: Pick<TrackingEvent, 'id'>) => string;

/**
 * The event's own id in the lane with the default name. Segment does not scope ids to a source, so that a second source with the
 * same ids would get nothing: a lane with another name derives ids of its own.
 */
export function messageIds({ name, kind }: Pick<Destination, 'name' | 'kind'>): MessageIds {
  if (name === kind) return ({ id }) => id;
  return ({ id }) => keyedId(name, 'message', '', id);
}
