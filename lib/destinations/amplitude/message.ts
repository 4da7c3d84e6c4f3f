import { isObject } from '../../event/json-values.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import { shownName, type ReportChange } from '../account.js';
import { areOwn } from '../admissions.js';
import { contextText } from '../context-fields.js';
import { isUsableId } from './admission.js';
import { cutText } from '../well-formed.js';
import { manyGroups, textCut } from './amplitude.messages.js';
import { MAX_TEXT } from './amplitude-options.js';

/** Types of groups that Amplitude tracks. It ignores further ones. */
const MAX_GROUP_TYPES = 5;

const LIBRARY = `nestjs-tracking/${PACKAGE_VERSION}`;

interface Ids {
  readonly user_id?: string | undefined;
  readonly device_id?: string | undefined;
}

/** The ids to send: both only if the option joins them and neither is shared. */
export function idsOf({ userId, anonymousId }: TrackingEvent, join: boolean): Ids {
  if (userId === undefined) return { device_id: anonymousId };
  const isJoined = join && anonymousId !== undefined && isUsableId(anonymousId);
  return { user_id: userId, device_id: isJoined && areOwn(userId, anonymousId) ? anonymousId : undefined };
}

/** One event as Amplitude gets it; members that are undefined are left out of its JSON. */
export function message(
  { event, browser }: LaneEvent,
  { join, groupType }: { readonly join: boolean; readonly groupType: string },
  report: ReportChange,
): object {
  const { type, name } = event;
  const properties = cutTexts(event.properties, (property) => {
    const shown = shownName(property);
    report(`${name}.${shown}`, (destination) => textCut(destination, name, shown));
  });
  const groups = type === 'group' ? { [event.groupType ?? groupType]: event.groupId } : event.groups;
  if (groups !== undefined && Object.keys(groups).length > MAX_GROUP_TYPES) {
    report(name, (destination) => manyGroups(destination, name));
  }
  const { user_id, device_id } = idsOf(event, join);
  // No spread: copying an object and adding members costs more than the rest of the message.
  return {
    user_id,
    device_id,
    event_type: EVENT_TYPES[type] ?? name,
    time: event.timestamp,
    insert_id: event.id,
    session_id: sessionOf(browser?.sessionId),
    event_properties: type === 'track' ? properties : undefined,
    user_properties: type === 'identify' ? operations(properties) : undefined,
    group_properties: type === 'group' ? operations(properties) : undefined,
    groups,
    ip: contextText(event, 'ip'),
    language: contextText(event, 'locale'),
    user_agent: contextText(event, 'userAgent'),
    library: LIBRARY,
  };
}

const EVENT_TYPES: Readonly<Record<string, string | undefined>> = {
  identify: '$identify',
  group: '$groupidentify',
};

/** The start of the session in epoch milliseconds; undefined without a session. */
function sessionOf(id: string | number | undefined): number | undefined {
  const session = Number(id);
  return Number.isSafeInteger(session) && session > 0 ? session : undefined;
}

const OPERATIONS: ReadonlySet<string> = new Set([
  '$set',
  '$setOnce',
  '$add',
  '$append',
  '$prepend',
  '$preInsert',
  '$postInsert',
  '$remove',
  '$unset',
]);

/**
 * Traits as operations. Amplitude accepts either operations or plain names, so plain names become members of `$set`; a trait with
 * the name of an operation and an object as its value is that operation.
 */
function operations(traits: JsonObject): JsonObject {
  const names = Object.keys(traits);
  if (!names.some((name) => isOperation(name, traits[name]))) return { $set: traits };
  const own = names.filter((name) => isOperation(name, traits[name]));
  const plain = names.filter((name) => !own.includes(name));
  const given: JsonObject = Object.fromEntries(own.map((name) => [name, traits[name]]));
  if (plain.length === 0) return given;
  const set = Object.entries((given['$set'] ?? {}) as JsonObject);
  return {
    ...given,
    $set: Object.fromEntries([...plain.map((name) => [name, traits[name]] as const), ...set]),
  };
}

function isOperation(name: string, value: JsonValue): boolean {
  return OPERATIONS.has(name) && isObject(value);
}

/** Properties with every text cut at the limit; the same object if none is longer. `report` gets the name of each property. */
function cutTexts(properties: JsonObject, report: (property: string) => void): JsonObject {
  let isLong = false;
  for (const name of Object.keys(properties)) {
    if (!hasLongText(properties[name])) continue;
    isLong = true;
    report(name);
  }
  return isLong ? (cut(properties) as JsonObject) : properties;
}

function hasLongText(value: JsonValue): boolean {
  if (typeof value === 'string') return value.length > MAX_TEXT;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).some(hasLongText);
  return Object.values(value as JsonObject).some(hasLongText);
}

function cut(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cutText(value, MAX_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(cut);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, cut(each as JsonValue)]));
}
