import type { Reason } from '../event/reasons.js';
import { isSharedId } from '../event/shared-ids.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Admission } from './destination.js';

// Shared objects: a destination answers for every event, on the caller's thread.
const declined = (reason: Reason): Admission => Object.freeze({ declined: reason });

export const NO_IDENTITY = declined('no_identity');
export const INVALID_ID = declined('invalid_id');
export const INVALID_NAME = declined('invalid_name');
export const INVALID_TIMESTAMP = declined('invalid_timestamp');
export const UNSUPPORTED = declined('unsupported');

/** Whether each of two ids belongs to one person. Two ids that are sent together merge their people, so neither may be shared. */
export function areOwn(userId: string, anonymousId: string): boolean {
  return !isSharedId(userId) && !isSharedId(anonymousId);
}

/** Declines an alias with an unusable or shared id: platforms cannot undo a merge of two people. */
export function aliasAdmission(
  { previousId, userId }: TrackingEvent,
  isUsable: (id: string) => boolean,
): Admission {
  if (previousId === undefined || userId === undefined || previousId === userId) return INVALID_ID;
  if (!areOwn(userId, previousId)) return INVALID_ID;
  return isUsable(previousId) && isUsable(userId) ? undefined : INVALID_ID;
}
