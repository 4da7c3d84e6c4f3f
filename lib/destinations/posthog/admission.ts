import { isSharedId } from '../../event/shared-ids.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { aliasAdmission, areOwn, DECLINED } from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';

/**
 * Names of events: a longer one is cut by the pipeline behind `/batch/`, and rejected by v1 (server sources).
 */
const MAX_NAME_LENGTH = 200;

/** A longer `distinct_id` is cut by `/batch/`, and rejected by v1 (server sources). A part of an id may be another person's. */
const MAX_ID_LENGTH = 200;

/** A `$groupidentify` with a longer key is dropped (server source). */
const MAX_GROUP_KEY_LENGTH = 400;

/** A time more than 23 hours ahead is replaced by the time of arrival. */
const MAX_AHEAD_MS = 23 * 3_600_000;

// `/batch/` answers 200 and cuts, drops or clamps later, so invalid events are declined here.

/** Names of PostHog's operations. `identify()`, `group()` and `alias()` send them, and check the ids. */
const OPERATIONS: ReadonlySet<string> = new Set([
  '$identify',
  '$create_alias',
  '$merge_dangerously',
  '$groupidentify',
]);

export function refusal(event: TrackingEvent, defaultGroupType: string | undefined): Admission {
  if (event.timestamp - event.acceptedAt > MAX_AHEAD_MS) return DECLINED.invalidTimestamp;
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
  return name === '' || name.length > MAX_NAME_LENGTH || OPERATIONS.has(name)
    ? DECLINED.invalidName
    : undefined;
}

function personRefusal({ userId, anonymousId }: TrackingEvent): Admission {
  const id = userId ?? anonymousId;
  if (id === undefined) return DECLINED.noIdentity;
  return isDistinctId(id) ? undefined : DECLINED.invalidId;
}

/** Traits of a shared id would apply to everyone who has it. */
function traitsRefusal({ userId, anonymousId, properties }: TrackingEvent): Admission {
  if (isSharedId(userId ?? anonymousId!)) return DECLINED.invalidId;
  // Without a user there is no id to register, and nothing else would be sent.
  return userId === undefined && Object.keys(properties).length === 0 ? DECLINED.unsupported : undefined;
}

function groupRefusal(event: TrackingEvent, defaultGroupType: string | undefined): Admission {
  const { groupId = '', groupType = defaultGroupType, userId, anonymousId } = event;
  if (groupType === undefined) return DECLINED.unsupported;
  if (!isId(groupId) || groupId.length > MAX_GROUP_KEY_LENGTH) return DECLINED.invalidId;
  if (userId !== undefined || anonymousId !== undefined) return personRefusal(event);
  return isDistinctId(groupPerson(groupType, groupId)) ? undefined : DECLINED.invalidId;
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
