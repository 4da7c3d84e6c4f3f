import type { Reason } from '../event/reasons.js';
import { isSharedId } from '../event/shared-ids.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Admission } from './destination.js';

const declined = (reason: Reason): Admission => Object.freeze({ declined: reason });

/** Shared objects: a destination answers for every event, on the caller's thread. */
export const DECLINED = {
  noIdentity: declined('no_identity'),
  invalidId: declined('invalid_id'),
  invalidName: declined('invalid_name'),
  invalidTimestamp: declined('invalid_timestamp'),
  unsupported: declined('unsupported'),
};

/** Whether each of two ids belongs to one person. Two ids that are sent together merge their people, so neither may be shared. */
export function areOwn(userId: string, anonymousId: string): boolean {
  return !isSharedId(userId) && !isSharedId(anonymousId);
}

/** Declines an alias with an unusable or shared id: platforms cannot undo a merge of two people. */
export function aliasAdmission(
  { previousId, userId }: TrackingEvent,
  isUsable: (id: string) => boolean,
): Admission {
  if (previousId === undefined || userId === undefined || previousId === userId) return DECLINED.invalidId;
  if (!areOwn(userId, previousId)) return DECLINED.invalidId;
  return isUsable(previousId) && isUsable(userId) ? undefined : DECLINED.invalidId;
}
