import type { ReadEvent } from '../../platform.js';
import { idOf, isObject, membersOf, objectOf, textOf, type UnknownObject } from '../reading/json.js';
import { eventWith } from '../reading/reading.js';
import { notAnObject, profileIds, type ReadRecord } from './event-record.js';
import { FAILURES, type Failure } from './mixpanel.messages.js';
import { isBanned, sizeFailure } from './rules.js';

// prettier-ignore
const OPERATIONS = [
  '$set', '$set_once', '$add', '$append', '$union', '$remove', '$unset', '$delete', '$increment', '$transactions',
] as const;

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
    sizeFailure(item, bodyLength);
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
  return id === null || isBanned(id) ? FAILURES.noProfileId : undefined;
}

/** The properties that are set, and other operations by name. */
function changesIn(item: UnknownObject): UnknownObject {
  const [, ...others] = OPERATIONS;
  return { ...objectOf(item['$set']), ...membersOf(item, others) };
}
