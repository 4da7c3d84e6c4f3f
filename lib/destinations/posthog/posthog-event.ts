import { isoTime } from '../../event/iso-time.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { objectOf } from '../json-object.js';
import { isMergeable } from './admission.js';
import { addContext, type Properties } from './event-context.js';

/** An event as both APIs take it. */
export interface PosthogEvent {
  readonly event: string;
  readonly distinct_id: string;
  readonly uuid: string;
  readonly timestamp: string;
  readonly properties: Properties;
}

/** The options that decide how events are built. */
export interface PosthogForm {
  readonly groupType?: string | undefined;
  readonly join: boolean;
}

/** The event that PostHog gets. */
export function posthogEvent(held: LaneEvent, { groupType, join }: PosthogForm): PosthogEvent {
  const { event } = held;
  const { userId, anonymousId } = event;
  // Of ids of other platforms only, a group is still one: the same id as PostHog's own SDKs give it.
  const id = userId ?? anonymousId;
  switch (event.type) {
    case 'track':
      return built(event, event.name, id!, trackProperties(held));
    case 'identify':
      return userId === undefined
        ? built(event, '$set', id!, traitsOf(event.properties))
        : built(event, '$identify', userId, identifyProperties(event, userId, join));
    case 'group': {
      const type = event.groupType ?? groupType;
      const key = event.groupId;
      const properties = { $group_type: type, $group_key: key, $group_set: event.properties };
      return built(event, '$groupidentify', id ?? `$${type}_${key}`, withoutPlace(properties));
    }
    case 'alias': {
      const properties = { distinct_id: userId, alias: event.previousId };
      return built(event, '$create_alias', userId!, withoutPlace(properties));
    }
  }
}

function built(event: TrackingEvent, name: string, distinctId: string, properties: Properties): PosthogEvent {
  // Else PostHog may take the server's operating system for the person's.
  properties['$is_server'] ??= true;
  return {
    event: name,
    distinct_id: distinctId,
    uuid: event.id,
    timestamp: isoTime(event.timestamp),
    properties,
  };
}

function trackProperties(held: LaneEvent): Properties {
  const { event } = held;
  const properties: Properties = { ...event.properties };
  if (event.groups !== undefined) properties['$groups'] = event.groups;
  addContext(properties, held);
  if (event.userId === undefined && !needsProfile(properties))
    properties['$process_person_profile'] ??= false;
  return properties;
}

/** As the browser library: without a profile, PostHog would drop the event's groups and traits. */
function needsProfile(properties: Properties): boolean {
  return '$groups' in properties || '$set' in properties || '$set_once' in properties;
}

function identifyProperties(
  { anonymousId, properties }: TrackingEvent,
  userId: string,
  join: boolean,
): Properties {
  const sent = traitsOf(properties);
  if (join && anonymousId !== undefined && isMergeable(anonymousId, userId)) {
    sent['$anon_distinct_id'] = anonymousId;
  }
  return sent;
}

/** Traits; `$set` and `$set_once` among them are read as PostHog's own SDKs do. */
function traitsOf({ $set, $set_once: once, ...traits }: JsonObject): Properties {
  return withoutPlace({
    $set: $set === undefined ? traits : { ...traits, ...objectOf($set) },
    $set_once: objectOf(once),
  });
}

/** Without an address of the person, the place of our server would become the person's. */
function withoutPlace(properties: Properties): Properties {
  properties['$geoip_disable'] = true;
  return properties;
}
