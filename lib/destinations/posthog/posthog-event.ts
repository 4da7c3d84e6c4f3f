import { isoTime } from '../../event/iso-time.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { campaignFields, contextText, pageUrl } from '../context-fields.js';
import { objectOf } from '../../event/json-values.js';
import { groupPerson, isMergeable } from './admission.js';

/** Properties of an event that is being built. Members that are undefined are not sent. */
type Properties = Record<string, unknown>;

/** An event as both APIs accept it. */
export interface PosthogEvent {
  readonly event: string;
  readonly distinct_id: string;
  readonly uuid: string;
  readonly timestamp: string;
  /** A new object for each event. */
  readonly properties: Properties;
}

export interface PosthogForm {
  readonly groupType?: string | undefined;
  readonly join: boolean;
}

/** The name and version of the library, for the API that takes them with each event. */
export interface Library {
  readonly $lib?: string;
  readonly $lib_version?: string;
}

export function posthogEvent(held: LaneEvent, form: PosthogForm, library: Library): PosthogEvent {
  const { event } = held;
  const { userId } = event;
  const id = userId ?? event.anonymousId;
  switch (event.type) {
    case 'track':
      return built(event, event.name, id!, trackProperties(held, library));
    case 'identify':
      return userId === undefined
        ? built(event, '$set', id!, operation(library, traitsOf(event.properties)))
        : built(event, '$identify', userId, operation(library, identifyProperties(event, userId, form)));
    case 'group': {
      const { groupId: key = '', groupType: type = form.groupType ?? '' } = event;
      const properties = { $group_type: type, $group_key: key, $group_set: event.properties };
      // With ids of other platforms only, the event is the group's.
      return built(event, '$groupidentify', id ?? groupPerson(type, key), operation(library, properties));
    }
    case 'alias': {
      const properties = { distinct_id: userId, alias: event.previousId };
      return built(event, '$create_alias', userId!, operation(library, properties));
    }
  }
}

function built(event: TrackingEvent, name: string, distinctId: string, properties: Properties): PosthogEvent {
  return {
    event: name,
    distinct_id: distinctId,
    uuid: event.id,
    timestamp: isoTime(event.timestamp),
    properties,
  };
}

/** Ours first, in one literal: to add members to a copy of the event's costs more than all the rest. */
function trackProperties(held: LaneEvent, { $lib, $lib_version }: Library): Properties {
  const { userId, groups, properties: given } = held.event;
  const properties: Properties = {
    $lib,
    $lib_version,
    // Otherwise PostHog may store the server's operating system as the person's.
    $is_server: true,
    $geoip_disable: undefined,
    $process_person_profile: userId === undefined && !needsProfile(held.event) ? false : undefined,
    $groups: groups,
    ...contextProperties(held),
    ...given,
  };
  if (groups !== undefined) properties['$groups'] = groups;
  // PostHog would store the address of the request, which is our server's, as the person's.
  const { $ip } = properties;
  if (typeof $ip !== 'string' || $ip === '') properties['$geoip_disable'] ??= true;
  return properties;
}

/** The browser's session, and the context that PostHog has names for. */
function contextProperties({ event, browser }: LaneEvent): Properties | undefined {
  const session = browser?.sessionId;
  if (session === undefined && event.context === undefined) return undefined;
  return {
    $session_id: session === undefined ? undefined : String(session),
    $current_url: pageUrl(event),
    $raw_user_agent: contextText(event, 'userAgent'),
    $ip: contextText(event, 'ip'),
    ...campaignFields(event),
  };
}

/** As the browser library: without a profile, PostHog would drop the event's groups and traits. */
function needsProfile({ groups, properties }: TrackingEvent): boolean {
  return (
    groups !== undefined ||
    properties['$groups'] !== undefined ||
    properties['$set'] !== undefined ||
    properties['$set_once'] !== undefined
  );
}

function identifyProperties(
  { anonymousId, properties }: TrackingEvent,
  userId: string,
  { join }: PosthogForm,
): Properties {
  const isJoined = join && anonymousId !== undefined && isMergeable(anonymousId, userId);
  return { ...traitsOf(properties), ...(isJoined && { $anon_distinct_id: anonymousId }) };
}

/** Traits; `$set` and `$set_once` among them are read as PostHog's own SDKs do. */
function traitsOf({ $set, $set_once: once, ...traits }: JsonObject): Properties {
  return {
    $set: $set === undefined ? traits : { ...traits, ...objectOf($set) },
    $set_once: objectOf(once),
  };
}

/** An operation never has the person's address, so never the place of our server either. */
function operation(library: Library, properties: Properties): Properties {
  return { ...library, $is_server: true, $geoip_disable: true, ...properties };
}
