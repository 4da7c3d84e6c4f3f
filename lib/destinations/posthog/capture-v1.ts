import { keyedId } from '../../event/event-id.js';
import { isoTime } from '../../event/iso-time.js';
import { isObject, objectOf, textOf } from '../../event/json-values.js';
import type { LaneEvent } from '../../event/lane-event.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import { jsonObject } from '../answers.js';
import { jsonRequest } from '../json-request.js';
import type { Answer, Attempt, Outcome } from '../destination.js';
import { type Capture, type CaptureSetup, postTo } from './capture.js';
import { posthogEvent, type PosthogEvent } from './posthog-event.js';

/** One result of v1, such as `"<uuid>":{"result":"retry","details":"rate_limited_token_distinct_id"}`. */
const V1_RESULT_BYTES = 128;

/** Headers that only this destination sets, in lower case. */
export const V1_HEADERS: readonly string[] = [
  'authorization',
  'posthog-sdk-info',
  'posthog-attempt',
  'posthog-request-id',
  'posthog-request-timestamp',
];

/** The header `PostHog-Sdk-Info` names it. */
const NO_LIBRARY = {};
const RETRY: Outcome = { kind: 'retry' };

/** `/i/v1/analytics/events`. The vendor's SDK has it behind a switch: paths and words may still change (unconfirmed). */
export function captureV1(setup: CaptureSetup): Capture {
  const post = postTo(setup, '/i/v1/analytics/events');
  return {
    acknowledgement: 'perEvent',
    answerBytesPerEvent: V1_RESULT_BYTES,

    encode(batch, attempt) {
      const events = batch.map((held) => v1Event(posthogEvent(held, setup, NO_LIBRARY)));
      const headers = { ...setup.headers, ...v1Headers(setup.apiKey, batch, attempt) };
      return jsonRequest({ ...post, headers }, { created_at: createdAt(batch), batch: events });
    },

    decode: (answer, batch) =>
      answer.status >= 200 && answer.status < 300 ? outcomesIn(answer, batch) : undefined,

    explain(answer) {
      const { error, error_description: message } = jsonObject(answer);
      return { code: textOf(error), message: textOf(message) };
    },
  };
}

/** Events that are not named, or have another word, are delivered, as the vendor's SDK reads them. */
function outcomesIn({ body }: Answer, batch: readonly LaneEvent[]): ReadonlyMap<string, Outcome> {
  const { results } = jsonObject({ body });
  if (!isObject(results)) throw new TypeError('The answer has no results');
  const outcomes = new Map<string, Outcome>();
  for (const { event } of batch) {
    const { result, details } = objectOf(results[event.id]);
    if (result === 'retry') outcomes.set(event.id, RETRY);
    if (result === 'drop') outcomes.set(event.id, { kind: 'rejected', detail: { code: textOf(details) } });
  }
  return outcomes;
}

/** The headers that v1 requires. The request's id is that of its events, so that it is the same on every attempt. */
function v1Headers(
  apiKey: string,
  batch: readonly LaneEvent[],
  { number, now }: Attempt,
): Record<string, string> {
  return {
    authorization: `Bearer ${apiKey}`,
    'posthog-sdk-info': `nestjs-tracking/${PACKAGE_VERSION}`,
    'posthog-attempt': String(number),
    'posthog-request-id': keyedId('posthog', 'request', '', ...batch.map(({ event }) => event.id)),
    'posthog-request-timestamp': isoTime(now),
  };
}

/** The same on every attempt, so it is not the time of the attempt. */
function createdAt(batch: readonly LaneEvent[]): string {
  return isoTime(Math.max(...batch.map(({ event }) => event.acceptedAt)));
}

/** The same event in the form of v1, with members in place of the properties that `/batch/` interprets. A value of another type is left out. */
function v1Event({ event, distinct_id, uuid, timestamp, properties }: PosthogEvent): object {
  const taken = (name: string, type: 'string' | 'boolean'): unknown => {
    const value = properties[name];
    if (value !== undefined) properties[name] = undefined;
    return typeof value === type ? value : undefined;
  };
  return {
    event,
    distinct_id,
    uuid,
    timestamp,
    session_id: taken('$session_id', 'string'),
    window_id: taken('$window_id', 'string'),
    options: {
      process_person_profile: taken('$process_person_profile', 'boolean'),
      disable_skew_correction: taken('$ignore_sent_at', 'boolean'),
      cookieless_mode: taken('$cookieless_mode', 'boolean'),
      product_tour_id: taken('$product_tour_id', 'string'),
    },
    properties,
  };
}
