import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { objectOf } from '../json-object.js';
import { pageUrl } from '../page-url.js';
import { aliasedIds, eventIds, personOf, type IdManagement } from './mixpanel-ids.js';

/** The parts that all records of a project share. */
export interface Project {
  readonly token: string;
  readonly management: IdManagement;
  /** The group key of groups without a type. */
  readonly groupKey: string | undefined;
}

/** Names of properties that Mixpanel gives a meaning of its own; an event's own property with such a name is not sent. */
export const RESERVED = ['time', 'distinct_id', '$insert_id', '$user_id', '$device_id', 'token'] as const;

/** One member of the array that a request carries. Members that are undefined are not sent. */
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
    ip: text(event.properties['ip']) ?? addressOf(event) ?? 0,
  };
  // Objects that are spread together cost ten times as much.
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
    $ip: addressOf(held.event),
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

/** Strict mode asks for the same three members as of any event. */
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
  const { page, campaign } = event.context!;
  to['$current_url'] ??= pageUrl(event);
  if (page !== undefined) to['$referrer'] ??= text(objectOf(page)['referrer']);
  if (campaign === undefined) return;
  const { source, medium, name, content, term } = objectOf(campaign);
  to['utm_source'] ??= text(source);
  to['utm_medium'] ??= text(medium);
  to['utm_campaign'] ??= text(name);
  to['utm_content'] ??= text(content);
  to['utm_term'] ??= text(term);
}

function addressOf({ context }: TrackingEvent): string | undefined {
  return text(context?.['ip']);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
