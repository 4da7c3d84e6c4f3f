import { isoTime } from '../../event/iso-time.js';
import { jsonObject, objectOf } from '../json-object.js';
import type { Answer, Outcome } from '../destination.js';
import type { LaneEvent } from '../../event/lane-event.js';
import { posthogRequest, type Capture, type CaptureSetup } from './capture.js';
import { posthogEvent } from './posthog-event.js';
import { V1_LIMITS, V1_RESULT_BYTES } from './posthog-limits.js';
import { v1Event } from './v1-event.js';
import { v1Headers } from './v1-headers.js';

/** The header `PostHog-Sdk-Info` names it. */
const NO_LIBRARY = {};
const RETRY: Outcome = { kind: 'retry' };

/** `/i/v1/analytics/events`. The vendor's SDK has it behind a switch: paths and words may still change (unconfirmed). */
export function captureV1(setup: CaptureSetup): Capture {
  return {
    acknowledgement: 'perEvent',
    answerBytesPerEvent: V1_RESULT_BYTES,

    encode(batch, attempt) {
      const events = batch.map((held) => v1Event(posthogEvent(held, setup, NO_LIBRARY)));
      const content = { created_at: createdAt(batch), batch: events };
      const headers = v1Headers(setup.apiKey, batch, attempt);
      return posthogRequest(setup, '/i/v1/analytics/events', headers, content, V1_LIMITS.maxBytes);
    },

    decode: (answer, batch) =>
      answer.status >= 200 && answer.status < 300 ? outcomesIn(answer, batch) : undefined,

    explain(answer) {
      const { error, error_description: message } = jsonObject(answer);
      return { code: textOf(error), message: textOf(message) };
    },
  };
}

/** Other words, and events that are not named, are done: as the vendor's SDK reads them. */
function outcomesIn({ body }: Answer, batch: readonly LaneEvent[]): ReadonlyMap<string, Outcome> {
  const { results } = JSON.parse(body) as { results?: unknown };
  if (typeof results !== 'object' || results === null) throw new TypeError('The answer has no results');
  const outcomes = new Map<string, Outcome>();
  for (const { event } of batch) {
    const { result, details } = objectOf((results as Record<string, unknown>)[event.id]);
    if (result === 'retry') outcomes.set(event.id, RETRY);
    else if (result === 'drop')
      outcomes.set(event.id, { kind: 'rejected', detail: { code: textOf(details) } });
  }
  return outcomes;
}

/** The same on every attempt, so not the time of one. */
function createdAt(batch: readonly LaneEvent[]): string {
  let newest = 0;
  for (const { event } of batch) if (event.acceptedAt > newest) newest = event.acceptedAt;
  return isoTime(newest);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
