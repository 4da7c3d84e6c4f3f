import type { LaneEvent } from '../../event/lane-event.js';
import type { Answer, Explanation, RequestOutcome } from '../destination.js';
import type { UnknownObject } from '../../event/json-values.js';
import { jsonObject } from '../answers.js';
import { objectOf, textOf } from '../unknown-values.js';

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
export function outcomeIn(answer: Answer, batch: readonly LaneEvent[]): RequestOutcome | undefined {
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

export function explanationOf(answer: Answer): Explanation | undefined {
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
