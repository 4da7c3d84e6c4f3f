import type { LaneEvent } from '../../event/lane-event.js';
import { isSharedId } from '../../event/shared-ids.js';
import { isWellFormed } from '../well-formed.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { aliasAdmission, DECLINED } from '../admissions.js';
import type { Admission } from '../destination.js';

/** The prefix of a browser's id in the place of a person's. */
const DEVICE = '$device:';

// prettier-ignore
const BANNED: ReadonlySet<string> = new Set([
  '', '00000000-0000-0000-0000-000000000000', 'anon', 'anonymous', 'nil', 'none', 'null', 'n/a', 'na', 'undefined',
  'unknown', '<nil>', '0', '-1', 'true', 'false', '[]', '{}',
]);

/** Whether Mixpanel rejects an id, in any letter case. Ids with half a surrogate pair would all become one. */
function isBanned(id: string): boolean {
  return (id.length <= 36 && BANNED.has(id.trim().toLowerCase())) || !isWellFormed(id);
}

/** Whether an id is the form in which Mixpanel shows a browser as a person. */
function isDeviceForm(id: string): boolean {
  return id.startsWith(DEVICE);
}

export type IdManagement = 'simplified' | 'simplified, not joined' | 'original';

/**
 * The ids of one event, as properties. In a simplified project, an event with `$device_id` and `$user_id` merges the two. In an
 * original one only an explicit event does, and neither property has a meaning.
 */
export function eventIds(held: LaneEvent, management: IdManagement) {
  const { userId, anonymousId = '' } = held.event;
  const distinct_id = personOf(held, management);
  if (management === 'original') return { distinct_id, $user_id: undefined, $device_id: undefined };
  const hasDevice =
    userId === undefined || (management === 'simplified' && isOwn(anonymousId) && !isSharedId(userId));
  return { distinct_id, $user_id: userId, $device_id: hasDevice ? deviceOf(anonymousId) : undefined };
}

export function personOf({ event, browser }: LaneEvent, management: IdManagement): string {
  const { userId, anonymousId = '' } = event;
  if (userId !== undefined) return userId;
  return management === 'original' && anonymousId !== browser?.anonymousId
    ? anonymousId
    : deviceForm(anonymousId);
}

/** Both ids of an `alias`. The browser library's own id is known to an original project in its long form. */
export function aliasedIds({ event, browser }: LaneEvent): readonly [string, string] {
  const { previousId = '', userId = '' } = event;
  return [previousId === browser?.anonymousId ? deviceForm(previousId) : previousId, userId];
}

function deviceForm(id: string): string {
  return isDeviceForm(id) ? id : DEVICE + id;
}

/** An id of a browser as its library keeps it. */
function deviceOf(id: string): string {
  return isDeviceForm(id) ? id.slice(DEVICE.length) : id;
}

/** An id that many people share must not be joined: all of them would become one person. */
function isOwn(anonymousId: string): boolean {
  const id = deviceOf(anonymousId);
  return id !== '' && !isSharedId(id) && isWellFormed(id);
}

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
      return MERGING.has(event.name) ? DECLINED.invalidName : personRefusal(event);
    case 'identify':
      return personRefusal(event) ?? (isEmpty(event.properties) ? DECLINED.unsupported : undefined);
    case 'group':
      return groupRefusal(event, groupKey);
    case 'alias':
      return management === 'original' ? aliasAdmission(event, isWellFormed) : DECLINED.unsupported;
  }
}

function personRefusal({ userId, anonymousId }: TrackingEvent): Admission {
  if (userId !== undefined) return isBanned(userId) || isDeviceForm(userId) ? DECLINED.invalidId : undefined;
  if (anonymousId === undefined) return DECLINED.noIdentity;
  return isBanned(deviceOf(anonymousId)) ? DECLINED.invalidId : undefined;
}

function groupRefusal(event: TrackingEvent, groupKey: string | undefined): Admission {
  if (event.groupId === undefined || isBanned(event.groupId)) return DECLINED.invalidId;
  return (event.groupType ?? groupKey) === undefined || isEmpty(event.properties)
    ? DECLINED.unsupported
    : undefined;
}

function isEmpty(properties: JsonObject): boolean {
  return Object.keys(properties).every((name) => properties[name] === undefined);
}
