import { isSharedId } from '../../event/shared-ids.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import {
  aliasAdmission,
  areOwn,
  INVALID_ID,
  INVALID_NAME,
  INVALID_TIMESTAMP,
  NO_IDENTITY,
  UNSUPPORTED,
} from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';
import { MAX_AHEAD_MS, MAX_GROUP_KEY_LENGTH, MAX_ID_LENGTH, MAX_NAME_LENGTH } from './posthog-limits.js';

// `/batch/` answers 200 and cuts, drops or clamps later, so invalid events are declined here.

/** Names of PostHog's operations. `identify()`, `group()` and `alias()` send them, and check the ids. */
const OPERATIONS: ReadonlySet<string> = new Set([
  '$identify',
  '$create_alias',
  '$merge_dangerously',
  '$groupidentify',
]);

/** Why PostHog does not accept an event; `undefined` if it does. */
export function refusal(event: TrackingEvent, defaultGroupType: string | undefined): Admission {
  if (event.timestamp - event.acceptedAt > MAX_AHEAD_MS) return INVALID_TIMESTAMP;
  switch (event.type) {
    case 'track':
      return nameRefusal(event.name) ?? personRefusal(event);
    case 'identify':
      return personRefusal(event) ?? traitsRefusal(event);
    case 'group':
      return groupRefusal(event, defaultGroupType);
    case 'alias':
      return aliasAdmission(event, isDistinctId);
  }
}

/** Whether an anonymous id can be merged into the user's. PostHog refuses a merge of ids that many people share. */
export function isMergeable(anonymousId: string, userId: string): boolean {
  return anonymousId !== userId && isDistinctId(anonymousId) && areOwn(userId, anonymousId);
}

function nameRefusal(name: string): Admission {
  return name === '' || name.length > MAX_NAME_LENGTH || OPERATIONS.has(name) ? INVALID_NAME : undefined;
}

function personRefusal({ userId, anonymousId }: TrackingEvent): Admission {
  const id = userId ?? anonymousId;
  if (id === undefined) return NO_IDENTITY;
  return isDistinctId(id) ? undefined : INVALID_ID;
}

/** Traits of a shared id would apply to everyone who has it. */
function traitsRefusal({ userId, anonymousId, properties }: TrackingEvent): Admission {
  if (isSharedId(userId ?? anonymousId!)) return INVALID_ID;
  // Without a user there is no id to register, and nothing else would be sent.
  return userId === undefined && Object.keys(properties).length === 0 ? UNSUPPORTED : undefined;
}

function groupRefusal(event: TrackingEvent, defaultGroupType: string | undefined): Admission {
  const { groupId = '', groupType = defaultGroupType, userId, anonymousId } = event;
  if (groupType === undefined) return UNSUPPORTED;
  if (!isId(groupId) || groupId.length > MAX_GROUP_KEY_LENGTH) return INVALID_ID;
  if (userId !== undefined || anonymousId !== undefined) return personRefusal(event);
  return isDistinctId(groupPerson(groupType, groupId)) ? undefined : INVALID_ID;
}

/** The id of an event that is about a group without a person, as PostHog's own SDKs make it. */
export function groupPerson(type: string, key: string): string {
  return `$${type}_${key}`;
}

function isDistinctId(id: string): boolean {
  return id.length <= MAX_ID_LENGTH && isId(id);
}

/** NUL and half a surrogate pair are replaced, so that several such ids would be one. v1 removes spaces around an id. */
function isId(id: string): boolean {
  return id.trim() !== '' && isWellFormed(id) && !id.includes('\0');
}
