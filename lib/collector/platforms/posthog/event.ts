import type { EventKind } from '../../ledger/received.js';
import type { ReadEvent } from '../../platform.js';
import { idOf, objectOf, textOf, type UnknownObject } from '../reading/json.js';
import { PROBLEMS } from './posthog.messages.js';

/** The members that both APIs have in common. */
export interface PosthogFields {
  readonly name: string;
  readonly distinctId: string;
  readonly uuid: string | null;
  /** As read: never further ahead than PostHog accepts. */
  readonly time: number | null;
  readonly properties: UnknownObject;
  /** v1 has the switch outside of the properties. */
  readonly hasNoProfile: boolean;
  readonly problems: readonly string[];
}

/** Characters of an event's name and of a `distinct_id`: `/batch/` cuts a longer one, v1 drops its event. */
export const MAX_LENGTH = 200;
/** Larger events are discarded after the 200. */
export const MAX_EVENT_BYTES = 1_000_000;
/** A time that is further ahead is replaced by the time of arrival. */
export const MAX_AHEAD_MS = 23 * 3_600_000;

const UUID = /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i;

/** Ids that many people share, in lower case: PostHog refuses to merge them. */
// prettier-ignore
const SHARED_IDS: ReadonlySet<string> = new Set([
  '0', '00000000-0000-0000-0000-000000000000', '[object object]', 'anonymous', 'anonymous-user', 'backend',
  'distinct_id', 'distinctid', 'email', 'false', 'guest', 'id', 'nan', 'none', 'not_authenticated', 'null',
  'system', 'true', 'undefined', 'user',
]);

const KINDS: ReadonlyMap<string, EventKind> = new Map([
  ['$identify', 'identify'],
  ['$set', 'identify'],
  ['$create_alias', 'alias'],
  ['$merge_dangerously', 'alias'],
  ['$groupidentify', 'group'],
  ['$pageview', 'page'],
  ['$screen', 'screen'],
]);

/** PostHog has one id: the `userId`, or the `anonymousId` if the sender marks it as the browser's. `$anon_distinct_id` is merged. */
export function readEvent(fields: PosthogFields): ReadEvent {
  const { name, distinctId, uuid, time, properties } = fields;
  const kind = KINDS.get(name) ?? 'track';
  const problems = [...fields.problems];
  let outcome: ReadEvent['outcome'] = 'delivered';
  let shownName = name;
  let shown = withoutToken(properties);
  const isAnonymous = isOfBrowser(fields);
  let userId: string | null = isAnonymous ? null : textOf(distinctId);
  let anonymousId: string | null = isAnonymous ? distinctId : null;

  if (kind === 'identify') {
    shownName = '';
    shown = traitsOf(properties);
    const merged = name === '$identify' ? idOf(properties['$anon_distinct_id']) : null;
    if (merged !== null && merged !== distinctId) {
      if (isShared(merged) || isShared(distinctId)) problems.push(PROBLEMS.sharedMerge);
      else [userId, anonymousId] = [distinctId, merged];
    }
  } else if (kind === 'alias') {
    const other = idOf(properties['alias']);
    shownName = other ?? '';
    shown = {};
    [userId, anonymousId] = [textOf(distinctId), null];
    if (other === null) problems.push(PROBLEMS.noAlias);
    else if (isShared(other) || isShared(distinctId)) problems.push(PROBLEMS.sharedMerge);
    if (other === null || isShared(other) || isShared(distinctId)) outcome = 'dropped';
  } else if (kind === 'group') {
    const type = textOf(properties['$group_type']);
    const key = idOf(properties['$group_key']);
    shownName = key ?? '';
    shown = { $group_type: type, ...objectOf(properties['$group_set']) };
    if (type === null || key === null) {
      problems.push(PROBLEMS.noGroup);
      outcome = 'dropped';
    }
    // The SDKs make such an id for a group without a person.
    if (distinctId === `$${type}_${key}`) userId = null;
  } else if (kind === 'screen') {
    shownName = textOf(properties['$screen_name']) ?? name;
  }
  return {
    kind,
    name: shownName,
    id: uuid,
    userId,
    anonymousId,
    time,
    properties: shown,
    outcome,
    problems,
    repetition: uuid === null ? undefined : `${dayOf(time)} ${uuid} ${name} ${distinctId}`,
  };
}

function isOfBrowser({ distinctId, properties, hasNoProfile, name }: PosthogFields): boolean {
  if (distinctId === '') return false;
  if (properties['$is_identified'] === true) return false;
  return (
    distinctId === properties['$device_id'] ||
    properties['$is_identified'] === false ||
    (hasNoProfile && name !== '$identify')
  );
}

function traitsOf({ $set, $set_once: once }: UnknownObject): UnknownObject {
  const isOnce = Object.keys(objectOf(once)).length > 0;
  return isOnce ? { ...objectOf($set), $set_once: once } : objectOf($set);
}

/** posthog-js has the project's token among the properties. */
function withoutToken(properties: UnknownObject): UnknownObject {
  if (properties['token'] === undefined) return properties;
  const { token: _, ...own } = properties;
  return own;
}

/** Equal events are merged within a calendar day. */
function dayOf(time: number | null): number | string {
  return time === null ? '' : Math.floor(time / 86_400_000);
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function isShared(id: string): boolean {
  return id.length < 40 && SHARED_IDS.has(id.trim().toLowerCase());
}
