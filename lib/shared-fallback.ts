import { isSharedId } from './event/shared-ids.js';
import { normaliseIdentity } from './identity/normalise-identity.js';
import type { TrackingModuleOptions } from './options.js';

/** Whether a fallback names nobody's person by a word that stands for everybody; of a function that is not known. */
export function isSharedFallback(
  fallback: NonNullable<TrackingModuleOptions['identity']>['fallback'],
): boolean {
  if (typeof fallback === 'function') return false;
  const { userId, anonymousId } = normaliseIdentity(fallback) ?? {};
  return [userId, anonymousId].some((id) => id !== undefined && isSharedId(id));
}
