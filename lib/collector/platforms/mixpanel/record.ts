import type { EventKind } from '../../ledger/received.js';
import type { ReadEvent } from '../../platform.js';
import { idOf, isObject, membersOf, objectOf, textOf, type UnknownObject } from '../reading/json.js';
import { eventWith, unreadable } from '../reading/reading.js';
import { FAILURES, PROBLEMS, type Failure } from './mixpanel.messages.js';
import * as rules from './rules.js';

/** A record, and the first rule that it breaks. */
export interface ReadRecord {
  readonly event: ReadEvent;
  readonly failure: Failure | undefined;
}

interface Arrival {
  readonly isTrack: boolean;
  /** `/import?strict=1` requires an id, a time and an `$insert_id`. */
  readonly isStrict: boolean;
  readonly receivedAt: number;
  readonly bodyLength: number;
}

const KINDS: ReadonlyMap<string, EventKind> = new Map([
  ['$identify', 'alias'],
  ['$create_alias', 'alias'],
  ['$merge', 'alias'],
  ['$mp_web_page_view', 'page'],
]);
/** Precedes the id of a browser that stands for a person. */
const DEVICE = '$device:';

// prettier-ignore
const OPERATIONS = [
  '$set', '$set_once', '$add', '$append', '$union', '$remove', '$unset', '$delete', '$increment', '$transactions',
] as const;

const notAnObject: ReadRecord = {
  event: unreadable(FAILURES.notAnObject.message),
  failure: FAILURES.notAnObject,
};

/** Reads a record of `/import` or `/track`. */
export function readEventRecord(item: unknown, arrival: Arrival): ReadRecord {
  if (!isObject(item)) return notAnObject;
  const { receivedAt } = arrival;
  const given = objectOf(item['properties']);
  const name = textOf(item['event']) ?? '';
  const insertId = idOf(given['$insert_id']);
  const sent = rules.timeOf(given['time'], !arrival.isTrack);
  const failure = failureOf(item, given, sent, arrival);
  const isSoon = failure === undefined && sent !== undefined && sent > receivedAt;
  const time = isSoon ? receivedAt : (sent ?? null);
  const properties = failure === undefined ? rules.withCutTexts(given) : given;
  const kind = KINDS.get(name) ?? 'track';
  const ids = kind === 'alias' ? joinedIds(given) : { ...idsOf(given), name };
  const problems: string[] = [];
  if (failure !== undefined) problems.push(failure.message);
  if (isSoon) problems.push(PROBLEMS.soon);
  if (properties !== given) problems.push(PROBLEMS.longText);
  const lacksId = kind === 'alias' && (ids.name === '' || ids.userId === null);
  if (lacksId && failure === undefined) problems.push(PROBLEMS.noOtherId);
  const outcome = lacksId ? 'dropped' : 'delivered';
  const event: ReadEvent = {
    kind,
    ...ids,
    id: insertId,
    time,
    properties: ownProperties(properties),
    outcome: failure === undefined ? outcome : 'rejected',
    problems,
    // A time that was replaced is another one at each arrival.
    repetition:
      insertId === null || isSoon ? undefined : `${name} ${time} ${insertId} ${idOf(given['distinct_id'])}`,
  };
  return { event, failure };
}

function failureOf(
  item: UnknownObject,
  given: UnknownObject,
  time: number | undefined,
  { isTrack, isStrict, receivedAt, bodyLength }: Arrival,
): Failure | undefined {
  const name = item['event'];
  const id = idOf(given['distinct_id']);
  const insertId = given['$insert_id'];
  if (typeof name !== 'string' || name === '') return FAILURES.noName;
  if (!isObject(item['properties'])) return FAILURES.noProperties;
  if (isTrack && textOf(given['token']) === null) return FAILURES.noToken;
  if (given['time'] === undefined) {
    if (!isTrack) return FAILURES.noTime;
  } else {
    if (time === undefined) return FAILURES.badTime;
    const wrongTime = rules.timeFailure(time, receivedAt, isTrack);
    if (wrongTime !== undefined) return wrongTime;
  }
  // An empty one is accepted, and belongs to no person.
  if (id === null && given['distinct_id'] !== '' && isStrict) return FAILURES.noId;
  if (id !== null && rules.isBanned(id)) return FAILURES.bannedId;
  if (insertId === undefined) {
    if (isStrict) return FAILURES.noInsertId;
  } else {
    const wrongId = typeof insertId === 'string' ? rules.insertIdFailure(insertId) : FAILURES.badInsertId;
    if (wrongId !== undefined) return wrongId;
  }
  if (name === '$merge') {
    if (isTrack) return FAILURES.notImported;
    const ids = given['$distinct_ids'];
    if (!Array.isArray(ids) || ids.length !== 2) return FAILURES.badMerge;
  }
  return rules.shapeFailure(given) ?? rules.sizeFailure(item, bodyLength);
}

/** An event with `$user_id` and `$device_id` joins them. Else a `distinct_id` is a person's, or a browser's with `$device:` before it. */
function idsOf(given: UnknownObject): Pick<ReadEvent, 'userId' | 'anonymousId'> {
  const own = profileIds(idOf(given['distinct_id']));
  const anonymousId = idOf(given['$device_id']) ?? own.anonymousId;
  const userId = own.userId === anonymousId ? null : own.userId;
  return { userId: idOf(given['$user_id']) ?? userId, anonymousId };
}

/** The id that is kept, and the other one as the name. */
function joinedIds(given: UnknownObject): Pick<ReadEvent, 'userId' | 'anonymousId' | 'name'> {
  const id = idOf(given['distinct_id']);
  const merged: unknown = given['$distinct_ids'];
  const [first, second] = Array.isArray(merged) ? (merged as unknown[]).map(idOf) : [];
  const userId = idOf(given['$identified_id']) ?? id ?? second ?? null;
  const other =
    idOf(given['$anon_id']) ??
    idOf(given['$anon_distinct_id']) ??
    idOf(given['alias']) ??
    (first === userId ? second : first) ??
    '';
  return { userId, anonymousId: null, name: other.startsWith(DEVICE) ? other.slice(DEVICE.length) : other };
}

const IDENTITY = ['token', 'time', 'distinct_id', '$insert_id', '$user_id', '$device_id'] as const;

/** Without the members that are shown on their own, and without the project's token. */
function ownProperties(properties: UnknownObject): UnknownObject {
  const own = { ...properties };
  for (const name of IDENTITY) delete own[name];
  return own;
}

/** The id of a profile, in the form of `idsOf`. */
function profileIds(id: string | null): Pick<ReadEvent, 'userId' | 'anonymousId'> {
  return id?.startsWith(DEVICE) === true
    ? { userId: null, anonymousId: id.slice(DEVICE.length) }
    : { userId: id, anonymousId: null };
}

/** Reads a record of `/engage` or `/groups`. Sent twice, it is applied twice. */
export function readProfileRecord(item: unknown, isGroup: boolean, bodyLength: number): ReadRecord {
  if (!isObject(item)) return notAnObject;
  const groupKey = textOf(item['$group_key']);
  const groupId = idOf(item['$group_id']);
  const id = idOf(item['$distinct_id']);
  const failure =
    (textOf(item['$token']) === null ? FAILURES.noProfileToken : undefined) ??
    (isGroup ? groupFailure(groupKey, groupId) : profileFailure(id)) ??
    (OPERATIONS.some((name) => item[name] !== undefined) ? undefined : FAILURES.noOperation) ??
    rules.sizeFailure(item, bodyLength);
  const changed = changesIn(item);
  const shown: Partial<ReadEvent> = isGroup
    ? { kind: 'group', name: groupId ?? '', properties: { $group_key: groupKey, ...changed } }
    : { kind: 'identify', ...profileIds(id), properties: changed };
  const rejected = failure && { outcome: 'rejected' as const, problems: [failure.message] };
  return { event: eventWith({ ...shown, ...rejected }), failure };
}

function groupFailure(key: string | null, id: string | null): Failure | undefined {
  if (key === null) return FAILURES.noGroupKey;
  return id === null ? FAILURES.noGroupId : undefined;
}

function profileFailure(id: string | null): Failure | undefined {
  return id === null || rules.isBanned(id) ? FAILURES.noProfileId : undefined;
}

/** The properties that are set, and other operations by name. */
function changesIn(item: UnknownObject): UnknownObject {
  const [, ...others] = OPERATIONS;
  return { ...objectOf(item['$set']), ...membersOf(item, others) };
}
