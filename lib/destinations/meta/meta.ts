import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountOf } from '../account.js';
import { DECLINED } from '../admissions.js';
import { decodeData, jsonObject } from '../answers.js';
import type { Admission, Answer, Destination, Explanation, RequestOutcome } from '../destination.js';
import { jsonRequest } from '../json-request.js';
import { fromMetaCookies } from './meta-cookies.js';
import { metaOptions, type MetaOptions } from './meta-options.js';
import { isPersonal, serverEvent } from './server-event.js';
import type { LaneEvent } from '../../event/lane-event.js';
import { objectOf, textOf, type UnknownObject } from '../../event/json-values.js';

const HOUR_MS = 3_600_000;
/** `event_id` and `event_name` are compared for 48 hours, also with the events of the browser's pixel. */
const DEDUPLICATION_MS = 48 * HOUR_MS;

/**
 * One event of more than 7 days makes Meta reject its whole request. An hour less, for the way of a request and for clocks
 * that differ.
 */
const MAX_AGE_MS = 7 * 24 * HOUR_MS - HOUR_MS;

/** One for all: several datasets of one application read the same cookies. */
const COOKIES = fromMetaCookies();

/**
 * Sends `track` events to a dataset of Meta's Conversions API. Never throws; the module checks its options at start.
 *
 * Its purpose is `advertising`, which `consent` may decide about. A person's data and ids are hashed before they are sent. Meta
 * accepts or rejects a request as a whole, and accepts no event that is older than 7 days.
 */
export function meta(options: MetaOptions): Destination {
  const { values, members } = metaOptions.read(options);
  const { datasetId = '', accessToken, apiVersion, actionSource, testEventCode, endpoint, headers } = values;
  const account = accountOf({
    name: members.name,
    url: endpoint,
    keys: [datasetId],
    credentials: [accessToken],
    headers,
  });
  const post = { url: `${endpoint}/${apiVersion}/${datasetId}/events`, headers };

  return {
    ...members,
    ...account.members,
    purpose: 'advertising',
    needs: ['person', 'consent'],
    acknowledgement: 'accepted',
    deduplication: { fields: ['event_id', 'event_name'], windowMs: DEDUPLICATION_MS },
    maxAgeMs: MAX_AGE_MS,
    resolvers: [COOKIES],

    accept: admission,

    encode(batch, attempt) {
      const report = account.changesOf(attempt);
      return jsonRequest(post, {
        data: batch.map((held) => serverEvent(held, actionSource, report)),
        access_token: accessToken,
        test_event_code: testEventCode,
      });
    },

    decode: decodeData(outcomeIn),
    explain: explanationOf,
  };
}

/** Every id of a person ends up in `user_data`, of which Meta requires one member. */
function admission({ type, userId, anonymousId }: TrackingEvent): Admission {
  if (type !== 'track') return DECLINED.unsupported;
  if (userId === undefined && anonymousId === undefined) return DECLINED.noIdentity;
  return isPersonal(userId) || isPersonal(anonymousId) ? undefined : DECLINED.invalidId;
}

/** An access token that is missing, expired or revoked, or has no permission for the dataset. */
const UNAUTHORIZED: ReadonlySet<number> = new Set([10, 102, 190]);
/** Too many calls: a pause for the whole lane. Meta names no time. */
const THROTTLED: ReadonlySet<number> = new Set([4, 17, 32, 613, 80_004]);
const PAUSE: RequestOutcome = Object.freeze({ kind: 'retry', afterMs: 30_000 });
/** The platform's own failures. */
const TEMPORARY: ReadonlySet<number> = new Set([1, 2]);
const OLD_VERSION = 2_635;
const INVALID_PARAMETER = 100;
/** A subcode of an invalid parameter: there is no such dataset, or the token may not see it. */
const NO_DATASET = 33;

/**
 * The outcome by the error code of an answer; `undefined` for an unknown code, so the status decides. Throws for a success that does
 * not count all events.
 */
function outcomeIn(answer: Answer, batch: readonly LaneEvent[]): RequestOutcome | undefined {
  const { code, error_subcode: subcode } = errorOf(answer);
  if (typeof code !== 'number') return expectReceived(answer, batch);
  if (UNAUTHORIZED.has(code) || (code >= 200 && code < 300)) return 'unauthorized';
  if (THROTTLED.has(code)) return PAUSE;
  if (TEMPORARY.has(code)) return 'retry';
  if (code === OLD_VERSION) return 'misconfigured';
  if (code !== INVALID_PARAMETER) return undefined;
  return subcode === NO_DATASET ? 'misconfigured' : 'refused';
}

function expectReceived(answer: Answer, batch: readonly LaneEvent[]): undefined {
  if (answer.status !== 200) return undefined;
  const { events_received: received } = jsonObject(answer);
  if (typeof received !== 'number' || received < batch.length)
    throw new TypeError('The answer does not count all events');
}

function explanationOf(answer: Answer): Explanation | undefined {
  const { code, error_subcode: subcode, message } = errorOf(answer);
  if (typeof code !== 'number') return undefined;
  return {
    code: typeof subcode === 'number' ? `${code}/${subcode}` : code,
    message: textOf(message),
  };
}

function errorOf(answer: Answer): UnknownObject {
  return objectOf(jsonObject(answer)['error']);
}
