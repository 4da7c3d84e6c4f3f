import type { ReadEvent } from '../../platform.js';
import { idOf, isObject, objectOf, textOf, type JsonObject } from '../reading/json.js';
import { unreadable } from '../reading/whole-request.js';
import {
  BAD_INSERT_ID,
  BAD_SESSION,
  BAD_TIME,
  NO_ID,
  NO_TYPE,
  NOT_AN_OBJECT,
  notAnObject,
  REFUSED_DEVICE,
  REFUSED_USER,
  SHORT_IDS,
  shortId,
  type Fault,
} from './amplitude.messages.js';
import { changesIn, isRefusedId, warningsOf } from './rules.js';

/** An event, and the first rule for which Amplitude refuses it. */
export interface ReadItem {
  readonly event: ReadEvent;
  readonly fault: Fault | undefined;
}

/** Members that have to be objects. */
const OBJECTS = ['event_properties', 'user_properties', 'groups', 'group_properties'] as const;
/** Members beside the properties that a person wants to see. */
// prettier-ignore
const SHOWN = ['groups', 'user_properties', 'price', 'quantity', 'revenue', 'productId', 'revenueType'] as const;

/** Reads an event of `/2/httpapi` or `/batch`. `user_id` is the `userId`, `device_id` the `anonymousId`; an event with both joins them. */
export function readEvent(item: unknown, minIdLength: number): ReadItem {
  if (!isObject(item)) return { event: unreadable(NOT_AN_OBJECT.problem), fault: NOT_AN_OBJECT };
  const type = textOf(item['event_type']) ?? '';
  const givenUser = givenId(item['user_id']);
  const givenDevice = givenId(item['device_id']);
  const userId = longEnough(givenUser, minIdLength);
  const anonymousId = longEnough(givenDevice, minIdLength);
  const insertId = textOf(item['insert_id']);
  const { time } = item;
  const isRemoved = userId !== givenUser || anonymousId !== givenDevice;
  const fault = faultOf(item, type) ?? idFault({ userId, anonymousId, isRemoved });
  const problems = fault === undefined ? warningsOf(item) : [fault.problem];
  if (isRemoved && fault === undefined) problems.push(shortId);
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

function shown(item: JsonObject, type: string): Pick<ReadEvent, 'kind' | 'name' | 'properties'> {
  if (type === '$identify') {
    return { kind: 'identify', name: '', properties: changesIn(item['user_properties']) };
  }
  if (type === '$groupidentify') {
    const groups = objectOf(item['groups']);
    const [first] = Object.values(groups);
    const name = idOf(Array.isArray(first) ? (first as unknown[])[0] : first) ?? '';
    return { kind: 'group', name, properties: { groups, ...changesIn(item['group_properties']) } };
  }
  const properties: Record<string, unknown> = { ...objectOf(item['event_properties']) };
  for (const name of SHOWN) if (item[name] !== undefined) properties[name] ??= item[name];
  return { kind: type === '[Amplitude] Page Viewed' ? 'page' : 'track', name: type, properties };
}

function faultOf(item: JsonObject, type: string): Fault | undefined {
  if (type === '') return NO_TYPE;
  const { time, session_id: session, insert_id: insertId } = item;
  if (time !== undefined && time !== null && !Number.isSafeInteger(time)) return BAD_TIME;
  if (session !== undefined && session !== null && !Number.isSafeInteger(session)) return BAD_SESSION;
  if (insertId !== undefined && insertId !== null && typeof insertId !== 'string') return BAD_INSERT_ID;
  const field = OBJECTS.find(
    (name) => item[name] !== undefined && item[name] !== null && !isObject(item[name]),
  );
  return field && notAnObject(field);
}

function idFault({
  userId,
  anonymousId,
  isRemoved,
}: {
  userId: string | null;
  anonymousId: string | null;
  isRemoved: boolean;
}): Fault | undefined {
  if (userId !== null && isRefusedId(userId)) return REFUSED_USER;
  if (anonymousId !== null && isRefusedId(anonymousId)) return REFUSED_DEVICE;
  if (userId !== null || anonymousId !== null) return undefined;
  return isRemoved ? SHORT_IDS : NO_ID;
}

function givenId(value: unknown): string | null {
  return value === '' ? '' : idOf(value);
}

/** Amplitude removes an id that is too short. */
function longEnough(id: string | null, minimum: number): string | null {
  return id !== null && id.length >= minimum && id !== '' ? id : null;
}
