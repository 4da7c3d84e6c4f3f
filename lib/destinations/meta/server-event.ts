import type { ConsentState, LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { pageUrl } from '../context-fields.js';
import type { ACTION_SOURCES } from './meta-limits.js';
import { userData } from './user-data.js';

/** Where a conversion happened. */
export type ActionSource = (typeof ACTION_SOURCES)[number];

const CONSENT_FIELDS = [
  'data_processing_options',
  'data_processing_options_country',
  'data_processing_options_state',
  'opt_out',
];

/**
 * An event in Meta's form; members that are undefined are left out of its JSON.
 *
 * @param noWebsite called if the event cannot be one of a website
 */
export function serverEvent(
  held: LaneEvent,
  actionSource: ActionSource,
  noWebsite: () => void,
): Readonly<Record<string, unknown>> {
  const { event, consent } = held;
  const page = httpUrl(pageUrl(event));
  const user = userData(held, page);
  const isWebsite = page !== undefined && user['client_user_agent'] !== undefined;
  if (actionSource === 'website' && !isWebsite) noWebsite();
  const made = {
    event_name: event.name,
    event_time: Math.floor(event.timestamp / 1_000),
    event_id: event.id,
    action_source: actionSource === 'website' && !isWebsite ? 'system_generated' : actionSource,
    event_source_url: page,
    user_data: user,
    custom_data: hasMembers(event) ? event.properties : undefined,
  };
  const fields = fieldsOf(consent);
  return fields === undefined ? made : Object.assign(made, fields);
}

function fieldsOf(consent: ConsentState | undefined): JsonObject | undefined {
  const fields = consent?.fields;
  if (fields === undefined) return undefined;
  const known: Record<string, JsonValue> = {};
  for (const name of CONSENT_FIELDS) {
    if (Object.hasOwn(fields, name)) known[name] = fields[name];
  }
  return known;
}

/** Meta rejects a URL of any other kind. */
function httpUrl(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
}

function hasMembers({ properties }: TrackingEvent): boolean {
  return Object.keys(properties).length > 0;
}
