import { createHash } from 'node:crypto';
import type { ConsentState, HashedPerson, LaneEvent } from '../../event/lane-event.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import type { ReportChange } from '../account.js';
import { contextText, pageUrl } from '../context-fields.js';
import type { ACTION_SOURCES } from './meta-options.js';
import { noWebsite } from './meta.messages.js';
import type { PersonField } from '../../event/person-data.js';
import { isSharedId } from '../../event/shared-ids.js';
import { isAddress } from '../../host/private-hosts.js';
import { isWellFormed } from '../well-formed.js';
import { clickIn, FBC, fbcOf, FBP } from './meta-cookies.js';

const CONSENT_FIELDS = [
  'data_processing_options',
  'data_processing_options_country',
  'data_processing_options_state',
  'opt_out',
];

/** An event in Meta's form; members that are undefined are left out of its JSON. */
export function serverEvent(
  held: LaneEvent,
  actionSource: (typeof ACTION_SOURCES)[number],
  report: ReportChange,
): Readonly<Record<string, unknown>> {
  const { event, consent } = held;
  const page = httpUrl(pageUrl(event));
  const user = userData(held, page);
  const isWebsite = page !== undefined && user['client_user_agent'] !== undefined;
  if (actionSource === 'website' && !isWebsite) report('action_source', noWebsite);
  const made = {
    event_name: event.name,
    event_time: Math.floor(event.timestamp / 1_000),
    event_id: event.id,
    action_source: actionSource === 'website' && !isWebsite ? 'system_generated' : actionSource,
    event_source_url: page,
    user_data: user,
    custom_data: Object.keys(event.properties).length > 0 ? event.properties : undefined,
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

const NAMES: Readonly<Record<PersonField, string>> = {
  email: 'em',
  phone: 'ph',
  firstName: 'fn',
  lastName: 'ln',
  dateOfBirth: 'db',
  gender: 'ge',
  city: 'ct',
  state: 'st',
  postalCode: 'zp',
  country: 'country',
};

/** The data by which Meta may find the person. All are hashed except the browser's data, which Meta compares unhashed. */
function userData(
  { event, browser, person }: LaneEvent,
  page: string | undefined,
): Readonly<Record<string, unknown>> {
  const clicks = browser?.clickIds;
  const fbp = browser?.anonymousId;
  const isOfPixel = fbp !== undefined && FBP.test(fbp);
  const fbc = clicks?.['fbc'] ?? fbcOf(clicks?.['fbclid'] ?? clickIn(page), event.timestamp);
  const ip = contextText(event, 'ip');
  // Meta rejects the whole request for one value in another form, such as a hash, or the list of addresses of a header.
  const data = {
    external_id: externalIds(event, isOfPixel ? fbp : undefined),
    client_ip_address: ip !== undefined && isAddress(ip) ? ip : undefined,
    client_user_agent: contextText(event, 'userAgent'),
    fbp: isOfPixel ? fbp : undefined,
    fbc: fbc !== undefined && FBC.test(fbc) ? fbc : undefined,
  };
  // A literal without a spread: that would cost more than the rest of the event.
  return person === undefined ? data : Object.assign(data, named(person));
}

function named(person: HashedPerson): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const field in person) {
    const name = NAMES[field as PersonField] as string | undefined;
    if (name !== undefined) found[name] = [person[field]!];
  }
  return found;
}

/** The ids that the application gave. The browser's own id goes into `fbp`. */
function externalIds({ userId, anonymousId }: TrackingEvent, own: string | undefined): string[] | undefined {
  const ids = [userId, anonymousId === own ? undefined : anonymousId].filter(isPersonal);
  return ids.length === 0 ? undefined : ids.map(sha256);
}

/** Whether an id belongs to one person. Many share `guest`, and all ids with half a surrogate pair have the same hash. */
export function isPersonal(id: string | undefined): id is string {
  return id !== undefined && isWellFormed(id) && !isSharedId(id);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
