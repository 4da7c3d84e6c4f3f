import type { ConsentState, LaneEvent } from '../../event/lane-event.js';
import { isWellFormed } from '../well-formed.js';
import { MAX_USER_PROPERTIES, MAX_USER_PROPERTY_VALUE } from './google-analytics-limits.js';
import { userPropertyName } from './names.js';
import type { Report } from './params.js';

const CONSENT_FIELDS = ['ad_user_data', 'ad_personalization'] as const;
type Consent = Partial<Record<(typeof CONSENT_FIELDS)[number], 'GRANTED' | 'DENIED'>>;

/** Fields of a request that hold for all of its events. */
export interface Client {
  readonly client_id: string;
  readonly user_id?: string;
  readonly user_properties?: Readonly<Record<string, { readonly value: string }>>;
  readonly consent?: Consent;
}

/** The client of an event. `report` gets each group type that is sent in another form, or omitted. */
export function clientOf({ event, note, consent }: LaneEvent, report: Report): Client {
  const { userId, groups } = event;
  const properties = groups && userProperties(groups, report);
  const said = consent && consentOf(consent);
  return {
    client_id: typeof note === 'string' ? note : (event.anonymousId ?? ''),
    ...(userId !== undefined && { user_id: userId }),
    ...(properties !== undefined && { user_properties: properties }),
    ...(said !== undefined && { consent: said }),
  };
}

/** Groups become properties of the user: Google has no groups. */
function userProperties(
  groups: Readonly<Record<string, string>>,
  report: Report,
): Client['user_properties'] | undefined {
  const properties: Record<string, { value: string }> = {};
  let count = 0;
  for (const [type, value] of Object.entries(groups)) {
    const { text: name, changes } = userPropertyName(type);
    for (const change of changes) report(change, type);
    if (name === '') continue;
    if (value.length > MAX_USER_PROPERTY_VALUE || !isWellFormed(value)) report('long_group', type);
    else if (Object.hasOwn(properties, name)) report('same_name', type);
    else if (++count > MAX_USER_PROPERTIES) report('too_many', type);
    else properties[name] = { value };
  }
  return count === 0 ? undefined : properties;
}

/**
 * The fields that the consent hook returned for this destination; else both denied if it decided against advertising. Any
 * value but `GRANTED` and `true` denies.
 */
function consentOf({ fields, advertising }: ConsentState): Consent | undefined {
  const fallback = advertising === 'drop' || advertising === 'strip' ? false : undefined;
  const consent: Consent = {};
  for (const field of CONSENT_FIELDS) {
    const said = fields?.[field] ?? fallback;
    if (said !== undefined && said !== null) consent[field] = isGranted(said) ? 'GRANTED' : 'DENIED';
  }
  return Object.keys(consent).length === 0 ? undefined : consent;
}

function isGranted(said: unknown): boolean {
  return said === true || (typeof said === 'string' && said.toUpperCase() === 'GRANTED');
}
