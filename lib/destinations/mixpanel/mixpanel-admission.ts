import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { aliasAdmission, INVALID_ID, INVALID_NAME, NO_IDENTITY, UNSUPPORTED } from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';
import { deviceOf, isBanned, isDeviceForm, type IdManagement } from './mixpanel-ids.js';

/** Events with these names merge people permanently, so they come from `alias()` alone: a name may come from a client. */
const MERGING: ReadonlySet<string> = new Set(['$identify', '$create_alias', '$merge']);

/** Why Mixpanel does not accept an event; `undefined` if it does. Mixpanel itself names events with invalid properties. */
export function refusal(
  event: TrackingEvent,
  management: IdManagement,
  groupKey: string | undefined,
): Admission {
  switch (event.type) {
    case 'track':
      return MERGING.has(event.name) ? INVALID_NAME : personRefusal(event);
    case 'identify':
      return personRefusal(event) ?? (isEmpty(event.properties) ? UNSUPPORTED : undefined);
    case 'group':
      return groupRefusal(event, groupKey);
    case 'alias':
      return management === 'original' ? aliasAdmission(event, isWellFormed) : UNSUPPORTED;
  }
}

function personRefusal({ userId, anonymousId }: TrackingEvent): Admission {
  if (userId !== undefined) return isBanned(userId) || isDeviceForm(userId) ? INVALID_ID : undefined;
  if (anonymousId === undefined) return NO_IDENTITY;
  return isBanned(deviceOf(anonymousId)) ? INVALID_ID : undefined;
}

function groupRefusal(event: TrackingEvent, groupKey: string | undefined): Admission {
  if (event.groupId === undefined || isBanned(event.groupId)) return INVALID_ID;
  return (event.groupType ?? groupKey) === undefined || isEmpty(event.properties) ? UNSUPPORTED : undefined;
}

function isEmpty(properties: JsonObject): boolean {
  return Object.keys(properties).every((name) => properties[name] === undefined);
}
