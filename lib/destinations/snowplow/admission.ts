import type { TrackingEvent } from '../../event/tracking-event.js';
import { INVALID_ID, UNSUPPORTED } from '../declines.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';
import { MAX_DOMAIN_USER_ID, MAX_USER_ID } from './snowplow-limits.js';

// The collector answers 200 to everything, so nothing else would report these events.

/** Declines everything that would become a bad row: a `track` without a schema, the other calls, ids that do not fit. */
export function admission(event: TrackingEvent, schemas: ReadonlyMap<string, string>): Admission {
  if (event.type !== 'track' || !schemas.has(event.name)) return UNSUPPORTED;
  const { userId, anonymousId } = event;
  return isId(userId, MAX_USER_ID) && isId(anonymousId, MAX_DOMAIN_USER_ID) ? undefined : INVALID_ID;
}

function isId(id: string | undefined, maxLength: number): boolean {
  return id === undefined || (id.length <= maxLength && isWellFormed(id));
}
