import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import { isUsableId } from './admission.js';
import { operations } from './operations.js';
import { areOwn } from '../joined-ids.js';
import { cutTexts } from './texts.js';

const LIBRARY = `nestjs-tracking/${PACKAGE_VERSION}`;

/** Who an event is about, in Amplitude's names. */
export interface Ids {
  readonly user_id?: string | undefined;
  readonly device_id?: string | undefined;
}

/** One event as Amplitude gets it; members that are undefined are left out of its JSON. */
export interface AmplitudeEvent extends Ids {
  readonly event_type: string;
  readonly time: number;
  readonly insert_id: string;
  readonly [member: string]: JsonValue;
}

/** Changes that are worth a notice. */
export interface Report {
  cut(event: string, property: string): void;
  groups(event: string, count: number): void;
}

/** The ids that are sent: both only if they are to be joined, and each of them is one person's. */
export function idsOf({ userId, anonymousId }: TrackingEvent, join: boolean): Ids {
  if (userId === undefined) return { device_id: anonymousId };
  const isJoined = join && anonymousId !== undefined && isUsableId(anonymousId);
  return { user_id: userId, device_id: isJoined && areOwn(userId, anonymousId) ? anonymousId : undefined };
}

/** An event in Amplitude's form. */
export function message(
  { event, browser }: LaneEvent,
  { join, groupType, report }: { join: boolean; groupType: string; report: Report },
): AmplitudeEvent {
  const { type, name, context } = event;
  const properties = cutTexts(event.properties, (property) => report.cut(name, property));
  const groups = type === 'group' ? { [event.groupType ?? groupType]: event.groupId } : event.groups;
  if (groups !== undefined) report.groups(name, Object.keys(groups).length);
  const { user_id, device_id } = idsOf(event, join);
  // No spread: to add members to a copy of an object costs more than all the rest.
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
    ip: textOf(context, 'ip'),
    language: textOf(context, 'locale'),
    user_agent: textOf(context, 'userAgent'),
    library: LIBRARY,
  };
}

const EVENT_TYPES: Readonly<Record<string, string | undefined>> = {
  identify: '$identify',
  group: '$groupidentify',
};

/** The epoch milliseconds of its start; none counts as no session. */
function sessionOf(id: string | number | undefined): number | undefined {
  const session = Number(id);
  return Number.isSafeInteger(session) && session > 0 ? session : undefined;
}

function textOf(context: JsonObject | undefined, member: string): string | undefined {
  const value = context?.[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
