import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { campaignFields, contextText, pageOf, pageUrl } from '../context-fields.js';
import { textOf } from '../../event/json-values.js';
import { aliasedIds, eventIds, personOf, type IdManagement } from './mixpanel-ids.js';

export interface Project {
  readonly token: string;
  readonly management: IdManagement;
  readonly groupKey: string | undefined;
}

/** Property names with a special meaning to Mixpanel. An application's property with such a name is not sent. */
export const RESERVED = ['time', 'distinct_id', '$insert_id', '$user_id', '$device_id', 'token'] as const;

/** A member of the array in a request. Members that are undefined are not sent. */
export function record(held: LaneEvent, project: Project): object {
  switch (held.event.type) {
    case 'track':
      return trackRecord(held, project.management);
    case 'identify':
      return profileRecord(held, project);
    case 'group':
      return groupRecord(held.event, project);
    case 'alias':
      return mergeRecord(held, project);
  }
}

function trackRecord(held: LaneEvent, management: IdManagement): object {
  const { event } = held;
  const { distinct_id, $user_id, $device_id } = eventIds(held, management);
  const properties: Record<string, unknown> = {
    time: timeOf(held),
    distinct_id,
    $insert_id: event.id,
    $user_id,
    $device_id,
    // Without it, Mixpanel uses the address of the request, which is this server's.
    ip: textOf(event.properties['ip']) ?? contextText(event, 'ip') ?? 0,
  };
  // Spreading objects together costs ten times as much.
  copy(event.properties, properties);
  if (event.groups !== undefined) copy(event.groups, properties);
  if (event.context !== undefined) addContext(event, properties);
  return { event: event.name, properties };
}

const KEPT: ReadonlySet<string> = new Set([...RESERVED, 'ip']);

function copy(from: JsonObject, to: Record<string, unknown>): void {
  for (const name of Object.keys(from)) {
    if (KEPT.has(name)) continue;
    if (name !== '__proto__') to[name] = from[name];
    else Object.defineProperty(to, name, { value: from[name], enumerable: true });
  }
}

function profileRecord(held: LaneEvent, { token, management }: Project): object {
  return {
    $token: token,
    $distinct_id: personOf(held, management),
    $ip: contextText(held.event, 'ip'),
    $set: held.event.properties,
  };
}

function groupRecord({ groupType, groupId, properties }: TrackingEvent, project: Project): object {
  return {
    $token: project.token,
    $group_key: groupType ?? project.groupKey,
    $group_id: groupId,
    $set: properties,
  };
}

/** Strict mode requires three members of every event. */
function mergeRecord(held: LaneEvent, { token }: Project): object {
  const { event } = held;
  return {
    event: '$merge',
    properties: {
      token,
      time: timeOf(held),
      distinct_id: event.userId,
      $insert_id: event.id,
      $distinct_ids: aliasedIds(held),
      ip: 0,
    },
  };
}

/** The event's own time; a future one was replaced when the event was accepted, because Mixpanel recognises repeats by it. */
function timeOf({ event, note }: LaneEvent): number {
  return typeof note === 'number' ? note : event.timestamp;
}

/** The properties that the browser library sets; the event's own have precedence. Nothing is derived from the user agent. */
function addContext(event: TrackingEvent, to: Record<string, unknown>): void {
  to['$current_url'] ??= pageUrl(event);
  to['$referrer'] ??= textOf(pageOf(event)['referrer']);
  for (const [name, value] of Object.entries(campaignFields(event))) to[name] ??= value;
}
