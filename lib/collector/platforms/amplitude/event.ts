import type { ReadEvent } from '../../platform.js';
import { idOf, isAbsent, isObject, listOf, objectOf, textOf, type UnknownObject } from '../reading/json.js';
import { unreadable } from '../reading/reading.js';
import * as messages from './amplitude.messages.js';

/** An event, and the first rule for which Amplitude refuses it. */
export interface ReadItem {
  readonly event: ReadEvent;
  readonly fault: messages.Fault | undefined;
}

/** Members that have to be objects. */
const OBJECTS = ['event_properties', 'user_properties', 'groups', 'group_properties'] as const;
/** Members beside the properties that a person wants to see. */
// prettier-ignore
const SHOWN = ['groups', 'user_properties', 'price', 'quantity', 'revenue', 'productId', 'revenueType'] as const;
export const DEFAULT_MIN_ID_LENGTH = 5;
const MAX_TEXT = 1_024;
const MAX_DEPTH = 40;
const MAX_GROUP_TYPES = 5;
const MAX_GROUPS = 10;
const LONGEST_REFUSED = 36;

// prettier-ignore
const REFUSED_IDS: ReadonlySet<string> = new Set([
  '0', '-1', '{}', '00000000-0000-0000-0000-000000000000',
  'anonymous', 'lmy47d', 'n/a', 'na', 'nil', 'none', 'null', 'undefined', 'unknown',
]);
// prettier-ignore
const OPERATIONS: ReadonlySet<string> = new Set([
  '$set', '$setOnce', '$add', '$append', '$prepend', '$preInsert', '$postInsert', '$remove', '$unset', '$clearAll',
]);

/** Reads an event of `/2/httpapi` or `/batch`. `user_id` is the `userId`, `device_id` the `anonymousId`; an event with both joins them. */
export function readItem(item: unknown, minIdLength: number): ReadItem {
  if (!isObject(item)) {
    return { event: unreadable(messages.FAULTS.notAnObject.problem), fault: messages.FAULTS.notAnObject };
  }
  const type = textOf(item['event_type']) ?? '';
  const { user_id: user, device_id: device } = item;
  const isShort = (id: unknown): boolean => id === '' || (idOf(id)?.length ?? Infinity) < minIdLength;
  const userId = isShort(user) ? null : idOf(user);
  const anonymousId = isShort(device) ? null : idOf(device);
  // Amplitude removes an id that is too short.
  const isRemoved = isShort(user) || isShort(device);
  const insertId = textOf(item['insert_id']);
  const { time } = item;
  const fault = faultOf(item, type) ?? idFault(isRemoved, userId, anonymousId);
  const problems = fault === undefined ? warningsOf(item) : [fault.problem];
  if (isRemoved && fault === undefined) problems.push(messages.shortId);
  const event: ReadEvent = {
    ...shown(item, type),
    id: insertId,
    userId,
    anonymousId,
    time: Number.isSafeInteger(time) ? (time as number) : null,
    outcome: fault === undefined ? 'delivered' : 'rejected',
    problems,
    // Without a device, Amplitude derives one from the user.
    repetition: insertId === null ? undefined : `${insertId} ${anonymousId ?? `user ${userId}`}`,
  };
  return { event, fault };
}

function shown(item: UnknownObject, type: string): Pick<ReadEvent, 'kind' | 'name' | 'properties'> {
  if (type === '$identify') {
    return { kind: 'identify', name: '', properties: changesIn(item['user_properties']) };
  }
  if (type === '$groupidentify') {
    const groups = objectOf(item['groups']);
    const [first] = Object.values(groups);
    const name = idOf(listOf(first)[0] ?? first) ?? '';
    return { kind: 'group', name, properties: { groups, ...changesIn(item['group_properties']) } };
  }
  const properties: Record<string, unknown> = { ...objectOf(item['event_properties']) };
  for (const name of SHOWN.filter((each) => item[each] !== undefined)) properties[name] ??= item[name];
  return { kind: type === '[Amplitude] Page Viewed' ? 'page' : 'track', name: type, properties };
}

function faultOf(item: UnknownObject, type: string): messages.Fault | undefined {
  if (type === '') return messages.FAULTS.noType;
  const { time, session_id: session, insert_id: insertId } = item;
  if (!isAbsent(time) && !Number.isSafeInteger(time)) return messages.FAULTS.badTime;
  if (!isAbsent(session) && !Number.isSafeInteger(session)) return messages.FAULTS.badSession;
  if (!isAbsent(insertId) && typeof insertId !== 'string') return messages.FAULTS.badInsertId;
  const field = OBJECTS.find((name) => !isAbsent(item[name]) && !isObject(item[name]));
  return field && messages.notAnObject(field);
}

function idFault(isRemoved: boolean, userId: string | null, anonymousId: string | null) {
  if (userId !== null && isRefusedId(userId)) return messages.FAULTS.refusedUser;
  if (anonymousId !== null && isRefusedId(anonymousId)) return messages.FAULTS.refusedDevice;
  if (userId !== null || anonymousId !== null) return undefined;
  return isRemoved ? messages.FAULTS.shortIds : messages.FAULTS.noId;
}

function isRefusedId(id: string): boolean {
  return id.length <= LONGEST_REFUSED && REFUSED_IDS.has(id.trim().toLowerCase());
}

/** Problems of an event that Amplitude stores with changes. */
function warningsOf(event: UnknownObject): string[] {
  const warnings: string[] = [];
  const texts = textProblem(event, 0);
  if (texts !== undefined) warnings.push(texts);
  const groups = Object.values(objectOf(event['groups']));
  const count = groups.reduce<number>((sum, each) => sum + (Array.isArray(each) ? each.length : 1), 0);
  if (groups.length > MAX_GROUP_TYPES || count > MAX_GROUPS) warnings.push(messages.manyGroups);
  const type = event['event_type'];
  if (type === '$groupidentify' && groups.length === 0) warnings.push(messages.noGroup);
  if (isMixed(event['user_properties']) || isMixed(event['group_properties']))
    warnings.push(messages.mixedOperations);
  return warnings;
}

function textProblem(value: unknown, level: number): string | undefined {
  if (typeof value === 'string') return value.length > MAX_TEXT ? messages.longText : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  // The event is level 0, and its properties are level 1.
  if (level > MAX_DEPTH) return messages.deep;
  for (const member of Object.values(value)) {
    const found = textProblem(member, level + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMixed(properties: unknown): boolean {
  if (!isObject(properties)) return false;
  const names = Object.keys(properties);
  const operations = names.filter((name) => OPERATIONS.has(name)).length;
  return operations > 0 && operations < names.length;
}

/** The properties that operations set, and other operations by name. Plain names are read unchanged. */
function changesIn(properties: unknown): UnknownObject {
  const { $set, ...others } = objectOf(properties);
  return isObject($set) ? { ...$set, ...others } : objectOf(properties);
}
