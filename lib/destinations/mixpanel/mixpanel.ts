import { isTrack, type LaneEvent } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountOf, basicAuthorization, reportProperty, type ReportChange } from '../account.js';
import { decodeData } from '../answers.js';
import type { Admission, Destination } from '../destination.js';
import { jsonRequest } from '../json-request.js';
import { type IdManagement, refusal } from './mixpanel-ids.js';
import { explainRejection, namedOutcomes, wholeOutcome } from './mixpanel-answers.js';
import { fromMixpanelCookie } from './mixpanel-cookies.js';
import { mixpanelOptions, type MixpanelOptions } from './mixpanel-options.js';
import { record, RESERVED, type Project } from './mixpanel-records.js';
import { futureTime, propertyChanged } from './mixpanel.messages.js';

/** An answer names each rejected event with its index, id, field and a sentence. */
const ANSWER_BYTES_PER_EVENT = 200;

/** Longer texts are cut without an error. */
const MAX_TEXT_LENGTH = 255;

/** By region. A project exists in one of them; the hosts of the others do not store its events. */
const MIXPANEL_HOSTS = {
  us: 'https://api.mixpanel.com',
  eu: 'https://api-eu.mixpanel.com',
  in: 'https://api-in.mixpanel.com',
} as const;

type Endpoint = '/import' | '/engage' | '/groups';

/**
 * Sends events to Mixpanel: `track` to `/import` in strict mode, traits to `/engage`, traits of groups to `/groups`. Never
 * throws; the module checks its options at start.
 */
export function mixpanel(options: MixpanelOptions): Destination {
  const { values, members } = mixpanelOptions.read(options);
  const { token = '', region, serviceAccount, groupKey, headers, gzip } = values;
  const url = values.endpoint ?? (region === undefined ? '' : MIXPANEL_HOSTS[region]);
  const { username, secret, projectId } = serviceAccount ?? {};
  const authorization = basicAuthorization(username ?? token, secret);
  const account = accountOf({
    name: members.name,
    url,
    keys: [token],
    credentials: [secret],
    forms: [authorization, authorization.slice('Basic '.length)],
    headers,
  });
  const project: Project = { token, management: managementOf(values), groupKey };
  const query = projectId === undefined ? '' : `&project_id=${encodeURIComponent(projectId)}`;
  const posts = {
    '/import': { url: `${url}/import?strict=1${query}`, headers: { ...headers, authorization }, gzip },
    // ip=0: not the address of this server. strict=1: an answer that names the invalid records.
    '/engage': { url: `${url}/engage?ip=0&strict=1`, headers, gzip },
    '/groups': { url: `${url}/groups?ip=0&strict=1`, headers, gzip },
  } satisfies Record<Endpoint, object>;

  const clamped = (event: TrackingEvent): Admission => {
    if (!(event.timestamp > event.acceptedAt) || !isImported(event)) return undefined;
    account.notice('normalised', `${event.name}: time`, (destination) => futureTime(destination, event.name));
    return { note: event.acceptedAt };
  };

  return {
    ...members,
    ...account.members,
    acknowledgement: 'perEvent',
    answerBytesPerEvent: ANSWER_BYTES_PER_EVENT,
    // Later, Mixpanel compares the day in place of the time.
    deduplication: { fields: ['event', 'time', 'distinct_id', '$insert_id'], windowMs: null },
    resolvers: [fromMixpanelCookie({ token })],

    accept(event) {
      return refusal(event, project.management, groupKey) ?? clamped(event);
    },

    partition: endpointOf,

    encode(batch, attempt) {
      if (attempt.number === 1) {
        const report = account.changesOf(attempt);
        for (const { event } of batch) reportChanges(event, report);
      }
      return jsonRequest(
        posts[endpointOf(batch[0]!)],
        batch.map((held) => record(held, project)),
      );
    },

    decode: decodeData((answer, batch) => namedOutcomes(answer, batch) ?? wholeOutcome(answer, batch)),

    explain: explainRejection,
  };
}

function managementOf({ identity, join }: { identity: string; join: boolean }): IdManagement {
  if (identity === 'original') return 'original';
  return join ? 'simplified' : 'simplified, not joined';
}

/** The three endpoints accept different records, so their events never share a request. */
function endpointOf(held: LaneEvent): Endpoint {
  // Found without parsing a stored event.
  if (isTrack(held) || isImported(held.event)) return '/import';
  return held.event.type === 'group' ? '/groups' : '/engage';
}

function isImported({ type }: TrackingEvent): boolean {
  return type === 'track' || type === 'alias';
}

/** Limits that Mixpanel checks itself are not checked here: it names the event. */
function reportChanges({ type, name: event, properties, groups }: TrackingEvent, report: ReportChange): void {
  if (type !== 'track') return;
  for (const name of RESERVED) {
    if ((properties[name] ?? groups?.[name]) !== undefined)
      reportProperty(report, event, name, 'reserved', propertyChanged);
  }
  for (const name in properties) {
    const value = properties[name];
    if (typeof value === 'string' && value.length > MAX_TEXT_LENGTH) {
      reportProperty(report, event, name, 'long_text', propertyChanged);
    }
  }
}
