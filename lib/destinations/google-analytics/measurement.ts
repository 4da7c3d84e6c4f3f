import type { ConsentState, LaneEvent } from '../../event/lane-event.js';
import { normalised, type ParamChange } from './google-analytics.messages.js';
import { eventName, userPropertyName } from './names.js';
import { paramsOf, type Report } from './params.js';
import { shownName, type ReportChange } from '../account.js';
import { isWellFormed } from '../well-formed.js';

const MAX_USER_PROPERTIES = 25;
const MAX_USER_PROPERTY_VALUE = 36;

/** The body of a request of the Measurement Protocol: one client, and its events. */
export function measurement(batch: readonly LaneEvent[], report: ReportChange): object {
  const [first] = batch;
  if (first === undefined) throw new RangeError('a request needs an event');
  const time = first.event.timestamp * 1_000;
  const changed = (change: ParamChange, event: string, property?: string): void => {
    const shown = `\`${shownName(event)}\``;
    const subject = property === undefined ? `the event ${shown}` : `\`${shownName(property)}\` of ${shown}`;
    report(`${subject}: ${change}`, (destination) => normalised(destination, subject, change));
  };
  return {
    ...clientOf(first, (change, type) => changed(change, 'groups', type)),
    timestamp_micros: time,
    events: batch.map(({ event, browser }) => {
      const { text: name, changes } = eventName(event.name);
      for (const change of changes) changed(change, event.name);
      const own = event.timestamp * 1_000;
      return {
        name,
        params: paramsOf(event, browser?.sessionId, (change, property) =>
          changed(change, event.name, property),
        ),
        // Events without a time use the time of the request.
        ...(own !== time && { timestamp_micros: own }),
      };
    }),
  };
}

const CONSENT_FIELDS = ['ad_user_data', 'ad_personalization'] as const;
type Consent = Partial<Record<(typeof CONSENT_FIELDS)[number], 'GRANTED' | 'DENIED'>>;

/** The fields of a request that hold for all of its events. `report` gets each group type that is changed or omitted. */
export function clientOf({ event, note, consent }: LaneEvent, report: Report): object {
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
function userProperties(groups: Readonly<Record<string, string>>, report: Report): object | undefined {
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
