import type { TrackingEvent } from '../../event/tracking-event.js';
import { aliasAdmission, INVALID_ID, INVALID_NAME, NO_IDENTITY } from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';

/**
 * Declines messages that the protocol does not allow: hosts answer 200 to most of them, and one without ids costs a whole batch at
 * RudderStack.
 */
export function protocolAdmission(event: TrackingEvent): Admission {
  if (event.type === 'alias') return aliasAdmission(event, isId);
  const { userId, anonymousId } = event;
  if (isEmpty(userId) && isEmpty(anonymousId)) return NO_IDENTITY;
  if (isBroken(userId) || isBroken(anonymousId)) return INVALID_ID;
  if (event.type === 'group' && !isId(event.groupId)) return INVALID_ID;
  return event.name === '' ? INVALID_NAME : undefined;
}

function isEmpty(id: string | undefined): boolean {
  return id === undefined || id === '';
}

/** Half of a surrogate pair is sent as U+FFFD, so that several such ids would be one. RudderStack counts spaces as no id. */
function isBroken(id: string | undefined): boolean {
  return id !== undefined && id !== '' && (!isWellFormed(id) || id.trim() === '');
}

function isId(id: string | undefined): id is string {
  return !isEmpty(id) && !isBroken(id);
}
