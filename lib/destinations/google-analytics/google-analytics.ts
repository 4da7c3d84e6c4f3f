import { accountOf, type Account } from '../account.js';
import { decodeData, jsonObject, type Decoded } from '../answers.js';
import type { Admission, Answer, Destination, Explanation } from '../destination.js';
import { jsonRequest } from '../json-request.js';
import { clientOf, measurement } from './measurement.js';
import { fromGoogleAnalyticsCookie } from './google-analytics-cookies.js';
import { googleAnalyticsOptions, type GoogleAnalyticsOptions } from './google-analytics-options.js';
import { clientIdFailed, clientIdIsNoText } from './google-analytics.messages.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { DECLINED } from '../admissions.js';
import { isWellFormed } from '../well-formed.js';
import { eventName } from './names.js';
import { clientId as usableId } from '../../event/client-text.js';
import { isSharedId } from '../../event/shared-ids.js';
import { disown } from '../../host/disown.js';
import { guarded } from '../../host/guarded.js';
import { objectOf, textOf } from '../../event/json-values.js';
import type { LaneEvent } from '../../event/lane-event.js';

/** Hosts of the Measurement Protocol by region, and the paths below them (vendor's reference). */
const HOSTS = {
  global: 'https://www.google-analytics.com',
  eu: 'https://region1.google-analytics.com',
} as const;
const COLLECT = '/mp/collect';
/** Events may be up to 72 hours old. */
const MAX_AGE_MS = 72 * 3_600_000;
const MAX_USER_ID = 256;

/**
 * Sends `track` events to Google Analytics 4 by its Measurement Protocol. Never throws; the module checks its options at start.
 *
 * Google answers 2xx to every request, so `delivered` proves only that it received the event. An event that it would drop is
 * declined, or changed with a notice of each change.
 */
export function googleAnalytics(options: GoogleAnalyticsOptions): Destination {
  const { values, members } = googleAnalyticsOptions.read(options);
  const { measurementId = '', apiSecret = '', region, endpoint = HOSTS[region], headers } = values;
  const secret = encodeURIComponent(apiSecret);
  const url = `${endpoint}${COLLECT}?measurement_id=${encodeURIComponent(measurementId)}&api_secret=${secret}`;
  const account = accountOf({
    name: members.name,
    url: endpoint,
    keys: [measurementId],
    credentials: [apiSecret],
    forms: [secret],
    headers,
  });
  const post = { url, headers, maxBytes: members.limits.maxBytes };
  const clientId = clientIdOf(values.clientId, account.notice);

  return {
    ...members,
    ...account.members,
    acknowledgement: 'received',
    maxAgeMs: MAX_AGE_MS,
    needs: ['consent'],
    resolvers: [fromGoogleAnalyticsCookie({ measurementId })],

    accept: (event) => admission(event, clientId),
    // A request has one client: its id, user, user properties and consent.
    partition: (held) => JSON.stringify(clientOf(held, () => {})),

    encode: (batch, attempt) => jsonRequest(post, measurement(batch, account.changesOf(attempt))),

    decode: decodeData(readValidation),
    explain: explainValidation,
  };
}

// Google answers 2xx to everything, so nothing else would report these events.

/**
 * Whether Google accepts an event. The client is the event's anonymous id, from the cookie or from the application; the
 * result of `clientId` is frozen as the note.
 */
function admission(event: TrackingEvent, clientId: (event: TrackingEvent) => string | undefined): Admission {
  if (event.type !== 'track') return DECLINED.unsupported;
  if (eventName(event.name).text === '') return DECLINED.invalidName;
  const { userId, anonymousId } = event;
  if (userId !== undefined && (userId.length > MAX_USER_ID || !isWellFormed(userId)))
    return DECLINED.invalidId;
  if (anonymousId !== undefined) return isWellFormed(anonymousId) ? undefined : DECLINED.invalidId;
  const note = clientId(event);
  return note === undefined ? DECLINED.noIdentity : { note };
}

type ClientId = (event: TrackingEvent) => string | undefined;

/** The application's function as one that never throws, and never returns an id that many people share. */
function clientIdOf(ask: ClientId | undefined, notice: Account['notice']): ClientId {
  if (ask === undefined) return () => undefined;
  let isAsking = false;
  return (event) => {
    // An event that the function records would call it again, without end.
    if (isAsking) return undefined;
    isAsking = true;
    const answer = guarded(() => ({ id: ask(event) as unknown }));
    isAsking = false;
    if (answer === undefined) notice('resolver_error', 'clientId', clientIdFailed);
    if (answer?.id === undefined) return undefined;
    disown(answer.id);
    if (typeof answer.id !== 'string') notice('resolver_error', 'clientId: no text', clientIdIsNoText);
    const usable = usableId(answer.id);
    return usable === undefined || isSharedId(usable) ? undefined : usable;
  };
}

/**
 * Reads the answer of Google's validation server (`endpoint` with `/debug`). Its messages do not reliably name events, so a request
 * of several is sent again in parts. The real endpoint answers without a body.
 */
function readValidation(answer: Answer, batch: readonly LaneEvent[]): Decoded {
  const detail = answer.status === 200 ? explainValidation(answer) : undefined;
  if (detail === undefined) return undefined;
  const [first] = batch;
  return batch.length === 1 ? new Map([[first!.event.id, { kind: 'rejected', detail }]]) : 'refused';
}

function explainValidation(answer: Pick<Answer, 'body'>): Explanation | undefined {
  const { validationMessages: messages } = jsonObject(answer);
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  const { validationCode: code, fieldPath: field, description } = objectOf(messages[0]);
  return { code: textOf(code), field: textOf(field), message: textOf(description) };
}
