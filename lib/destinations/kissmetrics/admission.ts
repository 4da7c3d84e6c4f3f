import { isKeyed, type TrackingEvent } from '../../event/tracking-event.js';
import {
  aliasAdmission,
  INVALID_ID,
  INVALID_NAME,
  INVALID_TIMESTAMP,
  NO_IDENTITY,
  UNSUPPORTED,
} from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';
import type { FreeSeconds } from './seconds.js';
import { MAX_PERSON_LENGTH, OLDEST_TIMESTAMP } from './kissmetrics-limits.js';
import { eventName } from './names.js';
import { hasUsableProperty } from './properties.js';

// The platform answers 200 to every request, so only this check reports an event that it would not accept.

/** The one id that KISSmetrics has for a person. */
export function personOf(event: TrackingEvent): string | undefined {
  return event.userId ?? event.anonymousId;
}

/** The event's time in seconds. */
export function secondOf(event: TrackingEvent): number {
  return Math.floor(event.timestamp / 1_000);
}

/** Why KISSmetrics does not accept an event; `undefined` if it does. */
export function refusal(event: TrackingEvent): Admission {
  if (event.type === 'alias') return aliasAdmission(event, isPerson);
  const person = personOf(event);
  if (person === undefined) return NO_IDENTITY;
  if (!isPerson(person)) return INVALID_ID;
  if (!(event.timestamp >= OLDEST_TIMESTAMP)) return INVALID_TIMESTAMP;
  switch (event.type) {
    case 'track':
      return eventName(event.name).encoded === '' ? INVALID_NAME : undefined;
    case 'identify':
      return hasUsableProperty(event.properties) ? undefined : UNSUPPORTED;
    case 'group':
      return event.groupId === undefined || event.groupId === '' ? INVALID_ID : undefined;
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
