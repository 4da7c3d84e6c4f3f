import { idOf, isObject, objectOf, textOf, type JsonObject } from '../reading/json.js';
import { unreadable } from '../reading/whole-request.js';
import { profileIds, type ReadRecord } from './event-record.js';
import { FAILURES, type Failure } from './mixpanel.messages.js';
import { isBanned, sizeFailure } from './rules.js';

// prettier-ignore
const OPERATIONS = [
  '$set', '$set_once', '$add', '$append', '$union', '$remove', '$unset', '$delete', '$increment', '$transactions',
] as const;

/** Reads a record of `/engage` or `/groups`. Sent twice, it is applied twice. */
export function readProfileRecord(item: unknown, isGroup: boolean, bodyLength: number): ReadRecord {
  if (!isObject(item)) {
    return { event: unreadable(FAILURES.notAnObject.message), failure: FAILURES.notAnObject };
  }
  const groupKey = textOf(item['$group_key']);
  const groupId = idOf(item['$group_id']);
  const id = idOf(item['$distinct_id']);
  const failure =
    (textOf(item['$token']) === null ? FAILURES.noProfileToken : undefined) ??
    (isGroup ? groupFailure(groupKey, groupId) : profileFailure(id)) ??
    (OPERATIONS.some((name) => item[name] !== undefined) ? undefined : FAILURES.noOperation) ??
    sizeFailure(item, bodyLength);
  const ids = isGroup ? { userId: null, anonymousId: null } : profileIds(id);
  return {
    event: {
      kind: isGroup ? 'group' : 'identify',
      name: isGroup ? (groupId ?? '') : '',
      id: null,
      ...ids,
      time: null,
      properties: { ...(isGroup && { $group_key: groupKey }), ...changes(item) },
      outcome: failure === undefined ? 'delivered' : 'rejected',
      problems: failure === undefined ? [] : [failure.message],
      repetition: undefined,
    },
    failure,
  };
}

function groupFailure(key: string | null, id: string | null): Failure | undefined {
  if (key === null) return FAILURES.noGroupKey;
  return id === null ? FAILURES.noGroupId : undefined;
}

function profileFailure(id: string | null): Failure | undefined {
  return id === null || isBanned(id) ? FAILURES.noProfileId : undefined;
}

/** What is set, and the other operations by their names. */
function changes(item: JsonObject): JsonObject {
  const others: Record<string, unknown> = {};
  for (const name of OPERATIONS) {
    if (name !== '$set' && item[name] !== undefined) others[name] = item[name];
  }
  return { ...objectOf(item['$set']), ...others };
}
