import type { TrackingEvent } from '../../event/tracking-event.js';
import { INVALID_ID, INVALID_NAME, NO_IDENTITY, UNSUPPORTED } from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';
import { MAX_USER_ID } from './google-analytics-limits.js';
import { eventName } from './names.js';

// Google answers 2xx to everything, so nothing else would report these events.

/**
 * Whether Google accepts an event. The client is the event's anonymous id, from the cookie or from the application; the
 * result of `clientId` is frozen as the note.
 */
export function admission(
  event: TrackingEvent,
  clientId: (event: TrackingEvent) => string | undefined,
): Admission {
  if (event.type !== 'track') return UNSUPPORTED;
  if (eventName(event.name).text === '') return INVALID_NAME;
  const { userId, anonymousId } = event;
  if (userId !== undefined && (userId.length > MAX_USER_ID || !isWellFormed(userId))) return INVALID_ID;
  if (anonymousId !== undefined) return isWellFormed(anonymousId) ? undefined : INVALID_ID;
  const note = clientId(event);
  return note === undefined ? NO_IDENTITY : { note };
}
