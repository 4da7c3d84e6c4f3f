import { isTrack, type LaneEvent } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountMembers } from '../account-members.js';
import { basicAuthorization } from '../basic-authorization.js';
import { shownName } from '../shown-name.js';
import type { Admission, Destination, DestinationSetup } from '../destination.js';
import { decodeData } from '../web-page.js';
import { wellFormedJson } from '../well-formed.js';
import { refusal } from './mixpanel-admission.js';
import { explainRejection, namedOutcomes, wholeOutcome } from './mixpanel-answers.js';
import { fromMixpanelCookie } from './mixpanel-cookies.js';
import { ANSWER_BYTES_PER_EVENT, MAX_TEXT_LENGTH, MIXPANEL_HOSTS } from './mixpanel-limits.js';
import { mixpanelOptions, type MixpanelOptions } from './mixpanel-options.js';
import { record, RESERVED, type Project } from './mixpanel-records.js';
import { futureTime, propertyChanged, type Change } from './mixpanel.messages.js';

type Endpoint = '/import' | '/engage' | '/groups';

/**
 * Sends events to Mixpanel: `track` to `/import` in strict mode, traits to `/engage`, traits of groups to `/groups`. Never
 * throws; the module checks its options at start.
 */
export function mixpanel(options: MixpanelOptions): Destination {
  const { values, members } = mixpanelOptions.read(options);
  const { token = '', region, serviceAccount, groupKey, headers, gzip } = values;
  const { name } = members;
  const url = values.endpoint ?? (region === undefined ? '' : MIXPANEL_HOSTS[region]);
  const { username, secret, projectId } = serviceAccount ?? {};
  const authorization = basicAuthorization(username ?? token, secret);
  const shared = accountMembers({
    name,
    url,
    keys: [token],
    credentials: [secret],
    forms: [authorization, authorization.slice('Basic '.length)],
    headers,
  });
  const project: Project = {
    token,
    management:
      values.identity === 'original' ? 'original' : values.join ? 'simplified' : 'simplified, not joined',
    groupKey,
  };
  const json = { ...headers, 'content-type': 'application/json' };
  const requests: Record<Endpoint, { url: string; headers: Record<string, string> }> = {
    '/import': {
      url: `${url}/import?strict=1${projectId === undefined ? '' : `&project_id=${encodeURIComponent(projectId)}`}`,
      headers: { ...json, authorization },
    },
    // ip=0: not the address of this server. strict=1: an answer that names the invalid records.
    '/engage': { url: `${url}/engage?ip=0&strict=1`, headers: json },
    '/groups': { url: `${url}/groups?ip=0&strict=1`, headers: json },
  };
  let setup: DestinationSetup | undefined;

  const clamped = (event: TrackingEvent): Admission => {
    if (!(event.timestamp > event.acceptedAt) || !isImported(event)) return undefined;
    setup?.notice('normalised', `${event.name}: time`, () => futureTime(name, event.name));
    return { note: event.acceptedAt };
  };
  const report = (event: TrackingEvent, property: string, change: Change): void => {
    const shown = shownName(property);
    setup?.notice('normalised', `${event.name}.${shown}: ${change}`, () =>
      propertyChanged(name, event.name, shown, change),
    );
  };

  return {
    ...members,
    ...shared,
    acknowledgement: 'perEvent',
    answerBytesPerEvent: ANSWER_BYTES_PER_EVENT,
    // Later, Mixpanel compares the day in place of the time.
    deduplication: { fields: ['event', 'time', 'distinct_id', '$insert_id'], windowMs: null },
    resolvers: [fromMixpanelCookie({ token })],

    open(given) {
      setup = given;
      shared.open(given);
    },

    accept(event) {
      return refusal(event, project.management, groupKey) ?? clamped(event);
    },

    partition: endpointOf,

    encode(batch, attempt) {
      if (attempt.number === 1) for (const { event } of batch) reportChanges(event, report);
      return {
        method: 'POST',
        ...requests[endpointOf(batch[0]!)],
        body: wellFormedJson(JSON.stringify(batch.map((held) => record(held, project)))),
        ...(gzip && { compress: 'gzip' as const }),
      };
    },

    decode: decodeData((answer, batch) => namedOutcomes(answer, batch) ?? wholeOutcome(answer, batch)),

    explain: explainRejection,
  };
}

/** The three endpoints take different records, so their events never share a request. */
function endpointOf(held: LaneEvent): Endpoint {
  if (isTrack(held)) return '/import';
  return isImported(held.event) ? '/import' : held.event.type === 'group' ? '/groups' : '/engage';
}

function isImported({ type }: TrackingEvent): boolean {
  return type === 'track' || type === 'alias';
}

/** Limits that Mixpanel checks itself are not checked here: it names the event. */
function reportChanges(
  event: TrackingEvent,
  report: (event: TrackingEvent, property: string, change: Change) => void,
): void {
  if (event.type !== 'track') return;
  const { properties, groups } = event;
  for (const name of RESERVED)
    if ((properties[name] ?? groups?.[name]) !== undefined) report(event, name, 'reserved');
  for (const name in properties) {
    const value = properties[name];
    if (typeof value === 'string' && value.length > MAX_TEXT_LENGTH) report(event, name, 'long_text');
  }
}
