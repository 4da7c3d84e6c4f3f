import { isKeyed, type TrackingEvent } from '../../event/tracking-event.js';
import { aliasAdmission, DECLINED } from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';
import type { FreeSeconds } from './seconds.js';
import { eventName } from './names.js';
import { hasUsableProperty } from './properties.js';

/** 2009-01-01T00:00:00Z, the oldest time that is accepted (API specification). */
const OLDEST_TIMESTAMP = Date.UTC(2009, 0, 1);

/** A person's id has at most 255 characters (API specification). It is never cut: a part may be another person's. */
export const MAX_PERSON_LENGTH = 255;

// The platform answers 200 to every request, so only this check reports an event that it would not accept.

/** The one id that KISSmetrics has for a person. */
export function personOf(event: TrackingEvent): string | undefined {
  return event.userId ?? event.anonymousId;
}

export function secondOf(event: TrackingEvent): number {
  return Math.floor(event.timestamp / 1_000);
}

export function refusal(event: TrackingEvent): Admission {
  if (event.type === 'alias') return aliasAdmission(event, isPerson);
  const person = personOf(event);
  if (person === undefined) return DECLINED.noIdentity;
  if (!isPerson(person)) return DECLINED.invalidId;
  if (!(event.timestamp >= OLDEST_TIMESTAMP)) return DECLINED.invalidTimestamp;
  switch (event.type) {
    case 'track':
      return eventName(event.name).encoded === '' ? DECLINED.invalidName : undefined;
    case 'identify':
      return hasUsableProperty(event.properties) ? undefined : DECLINED.unsupported;
    case 'group':
      return event.groupId === undefined || event.groupId === '' ? DECLINED.invalidId : undefined;
  }
}

/** Any other id would have to be changed, and could then be another person's. */
function isPerson(id: string): boolean {
  return id !== '' && id.length <= MAX_PERSON_LENGTH && isWellFormed(id);
}

/**
 * The second that a `track` event is moved to; `undefined` if it keeps its own. A keyed event always keeps it, because the same key
 * must give the same event in every process.
 */
export function shiftedSecond(event: TrackingEvent, seconds: FreeSeconds): number | undefined {
  const person = personOf(event)!;
  const what = `${person.length} ${person} ${eventName(event.name).folded}`;
  const own = secondOf(event);
  if (isKeyed(event)) {
    seconds.occupy(what, own);
    return undefined;
  }
  const free = seconds.take(what, own);
  return free === own ? undefined : free;
}
