import { isSharedId } from '../event/shared-ids.js';

/** Whether each of two ids is one person's. Sent together, a word that many people share would make one person of all of them. */
export function areOwn(userId: string, anonymousId: string): boolean {
  return !isSharedId(userId) && !isSharedId(anonymousId);
}
