import { objectOf, textOf, type UnknownObject } from '../../event/json-values.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { Answer, Explanation, Outcome } from '../destination.js';
import { jsonObject, type Decoded } from '../answers.js';
import { idsOf } from './message.js';

/** The pause for a throttled user or device, which the vendor asks for. There is no `Retry-After`. */
const THROTTLED_MS = 30_000;

/** Members of a 400 that list indices by the name of a field. */
const BY_FIELD = [
  'events_with_invalid_fields',
  'events_with_missing_fields',
  'events_with_invalid_id_lengths',
];
const RETRY: Outcome = Object.freeze({ kind: 'retry' });
const THROTTLED: Outcome = Object.freeze({ kind: 'retry', afterMs: THROTTLED_MS });

/**
 * The outcomes in an answer. The number in `code` decides, as in the vendor's SDK. A success in `code` counts only with a status of
 * success.
 *
 * @throws for a success that is not from Amplitude, or that does not count all events
 */
export function outcomesIn(answer: Answer, batch: readonly LaneEvent[], join: boolean): Decoded {
  const body = jsonObject(answer);
  const { status } = answer;
  if (status < 300) checkSuccess(body, batch.length);
  const code = codeOf(body) ?? status;
  if (code === 400) return invalid(body, batch);
  if (code === 429) return throttled(body, batch, join, status === 429);
  if (code === status || code < 400) return undefined;
  if (code === 413) return 'tooLarge';
  if (code === 401 || code === 403) return 'unauthorized';
  return code === 408 || code >= 500 ? 'retry' : 'refused';
}

function checkSuccess(body: UnknownObject, events: number): void {
  const { events_ingested: ingested = events } = body;
  if (codeOf(body) === undefined) throw new Error('The answer has no code');
  if (typeof ingested === 'number' && ingested < events) {
    throw new Error('The answer counts fewer events than were sent');
  }
}

export function explanationOf(answer: Answer): Explanation | undefined {
  const body = jsonObject(answer);
  const { missing_field: field } = body;
  const message = errorOf(body);
  return message === '' ? undefined : { code: codeOf(body), field: textOf(field), message };
}

/** Nothing of the request was stored: events that are named are rejected, and all others are sent again. */
function invalid(body: UnknownObject, batch: readonly LaneEvent[]): Decoded {
  const message = errorOf(body);
  if (message.startsWith('Invalid API key')) return 'unauthorized';
  if (textOf(body['missing_field']) !== undefined) return 'misconfigured';
  if (message.startsWith('Invalid request path')) return 'misconfigured';
  const rejected = new Map<number, Explanation>();
  for (const code of BY_FIELD) {
    for (const [field, indices] of Object.entries(objectOf(body[code]))) {
      for (const index of listOf(indices)) rejected.set(index, { code, field, message });
    }
  }
  for (const index of listOf(body['silenced_events'])) {
    rejected.set(index, { code: 'silenced_events', message });
  }
  const outcomes = batch.map(({ event }, index): [string, Outcome] => {
    const detail = rejected.get(index);
    return [event.id, detail === undefined ? RETRY : { kind: 'rejected', detail }];
  });
  return outcomes.some(([, { kind }]) => kind === 'rejected') ? new Map(outcomes) : 'refused';
}

/** @param isConfirmed the status agrees, so events that are not named are sent again in any case */
function throttled(
  body: UnknownObject,
  batch: readonly LaneEvent[],
  join: boolean,
  isConfirmed: boolean,
): Decoded {
  const slow = new Set(listOf(body['throttled_events']));
  const users = objectOf(body['exceeded_daily_quota_users']);
  const devices = objectOf(body['exceeded_daily_quota_devices']);
  const message = errorOf(body);
  const outcomes = new Map<string, Outcome>();
  const overQuota = (code: string): Outcome => ({ kind: 'rejected', detail: { code, message } });
  batch.forEach(({ event }, index) => {
    const { user_id, device_id } = idsOf(event, join);
    if (isIn(users, user_id)) outcomes.set(event.id, overQuota('exceeded_daily_quota_users'));
    else if (isIn(devices, device_id)) outcomes.set(event.id, overQuota('exceeded_daily_quota_devices'));
    else if (slow.has(index)) outcomes.set(event.id, THROTTLED);
    else if (!isConfirmed) outcomes.set(event.id, RETRY);
  });
  return outcomes.size === 0 ? undefined : outcomes;
}

function codeOf({ code }: UnknownObject): number | undefined {
  return typeof code === 'number' && code >= 200 && code < 600 ? code : undefined;
}

function errorOf({ error }: UnknownObject): string {
  return textOf(error) ?? '';
}

function listOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? (value as unknown[]).filter((each) => typeof each === 'number') : [];
}

function isIn(object: UnknownObject, id: string | undefined): boolean {
  return id !== undefined && Object.hasOwn(object, id);
}
