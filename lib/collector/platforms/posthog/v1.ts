import type { Answer, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { isObject, isoTime, listOf, objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected, answering, jsonAnswer, unreadable } from '../reading/reading.js';
import { bearerToken } from '../reading/request.js';
import { isShared, isUuid, MAX_AHEAD_MS, MAX_LENGTH, readEvent } from './event.js';
import { PROBLEMS, REQUEST_PROBLEMS } from './posthog.messages.js';

/** Of the body on the wire, which may be compressed. */
const MAX_BYTES = 10_000_000;
const REQUIRED_HEADERS = [
  'posthog-sdk-info',
  'posthog-attempt',
  'posthog-request-id',
  'posthog-request-timestamp',
] as const;

/** A reading that knows the ids that the answers name. */
interface V1Reading extends Reading {
  readonly uuids: readonly string[];
}

interface Result {
  readonly result: 'ok' | 'warning' | 'drop';
  readonly details?: string;
}

/** A problem that drops an event, and its word in the answer. */
const DETAILS = new Map<string, string>([
  [PROBLEMS.noName, 'missing_event_name'],
  [PROBLEMS.longName, 'event_name_too_long'],
  [PROBLEMS.noId, 'missing_distinct_id'],
  [PROBLEMS.longId, 'distinct_id_too_large'],
  [PROBLEMS.badTime, 'invalid_event_timestamp'],
  [PROBLEMS.badProperties, 'malformed_event_properties'],
  [PROBLEMS.badOptions, 'invalid_options'],
]);

/** `/i/v1/analytics/events`: a result for each uuid. */
export function readV1(request: CollectorRequest): V1Reading {
  const { headers, body, receivedAt } = request;
  const content = parseJson(body);
  const batch = objectOf(content)['batch'];
  const sentAt = isoTime(headers['posthog-request-timestamp']) ?? receivedAt;
  const seen = new Set<string>();
  const events = listOf(batch).map((item) => readItem(item, seen, sentAt, receivedAt));
  const uuids = events.flatMap(({ id }) => (id === null ? [] : [id]));
  const refused = (status: number, error: string, problem: string): V1Reading => ({
    ...allRejected(events, errorAnswer(status, error), problem),
    uuids,
  });

  const account = bearerToken(headers['authorization']);
  if (account === undefined) return refused(401, 'invalid_api_token', REQUEST_PROBLEMS.noToken);
  if (sizeOf(request) > MAX_BYTES) return refused(413, 'payload_too_large', REQUEST_PROBLEMS.tooLarge);
  if (REQUIRED_HEADERS.some((name) => (headers[name] ?? '') === '')) {
    return refused(400, 'missing_required_headers', REQUEST_PROBLEMS.headers);
  }
  if (!isObject(content) || !Array.isArray(batch)) {
    return refused(400, 'request_parsing_error', REQUEST_PROBLEMS.undecodable);
  }
  if (events.length === 0) return refused(400, 'empty_batch', REQUEST_PROBLEMS.empty);
  const isCreated = isoTime(content['created_at']) !== null;
  if (!isCreated) return refused(400, 'invalid_batch', REQUEST_PROBLEMS.createdAt);
  const poison = events.find(({ outcome, problems }) => outcome === 'rejected' && !DETAILS.has(problems[0]!));
  if (poison !== undefined) return refused(400, poisonError(poison), REQUEST_PROBLEMS.poisonV1);
  const results = Object.fromEntries(events.map((event) => [event.id!, resultOf(event)]));
  return { events, answer: jsonAnswer(200, { results }), problems: [], uuids, account };
}

export const answerV1 = answering<V1Reading>({
  rejected: errorAnswer(400, 'request_parsing_error'),
  'events-rejected': ({ uuids }) => {
    const dropped: Result = { result: 'drop', details: 'invalid_event_timestamp' };
    return jsonAnswer(200, { results: Object.fromEntries(uuids.map((uuid) => [uuid, dropped])) });
  },
  unauthorized: errorAnswer(401, 'invalid_api_token'),
  'too-large': errorAnswer(413, 'payload_too_large'),
  throttled: errorAnswer(429, 'rate_limited', { 'retry-after': '60' }),
  error: errorAnswer(503, 'service_unavailable'),
});

function readItem(item: unknown, seen: Set<string>, sentAt: number, receivedAt: number): ReadEvent {
  if (!isObject(item)) return unreadable(PROBLEMS.notAnObject);
  const { event: name, uuid: givenUuid, distinct_id: givenId, timestamp, options = {} } = item;
  const uuid = typeof givenUuid === 'string' ? givenUuid.trim() : '';
  const distinctId = typeof givenId === 'string' ? givenId.trim() : '';
  const given = item['properties'] ?? {};
  const time = isoTime(timestamp);

  // These fail the whole request.
  const poison: string[] = [];
  if (uuid === '') poison.push(PROBLEMS.noUuid);
  else if (!isUuid(uuid)) poison.push(PROBLEMS.badUuid);
  else if (seen.has(uuid.toLowerCase())) poison.push(PROBLEMS.repeatedUuid);
  seen.add(uuid.toLowerCase());
  if (typeof name !== 'string') poison.push(PROBLEMS.badName);
  if (typeof givenId !== 'string') poison.push(PROBLEMS.badId);

  const dropped: string[] = [];
  if (name === '') dropped.push(PROBLEMS.noName);
  if (typeof name === 'string' && Buffer.byteLength(name) > MAX_LENGTH) dropped.push(PROBLEMS.longName);
  if (typeof givenId === 'string' && distinctId === '') dropped.push(PROBLEMS.noId);
  if (Buffer.byteLength(distinctId) > MAX_LENGTH) dropped.push(PROBLEMS.longId);
  if (time === null) dropped.push(PROBLEMS.badTime);
  if (!isObject(given)) dropped.push(PROBLEMS.badProperties);
  if (!isObject(options)) dropped.push(PROBLEMS.badOptions);

  const isAhead = time !== null && time - sentAt > MAX_AHEAD_MS;
  const warnings: string[] = [];
  if (isAhead) warnings.push(PROBLEMS.aheadTime);
  if (isShared(distinctId)) warnings.push(PROBLEMS.sharedId);
  const event = readEvent({
    name: typeof name === 'string' ? name.slice(0, MAX_LENGTH) : '',
    distinctId: distinctId.slice(0, MAX_LENGTH),
    uuid: textOf(uuid),
    time: isAhead ? receivedAt : time,
    properties: objectOf(given),
    hasNoProfile: objectOf(options)['process_person_profile'] === false,
    problems: [...poison, ...dropped, ...warnings],
  });
  return poison.length + dropped.length > 0 ? { ...event, outcome: 'rejected' } : event;
}

function resultOf({ outcome, problems }: ReadEvent): Result {
  if (outcome === 'rejected') return { result: 'drop', details: DETAILS.get(problems[0]!)! };
  return problems.includes(PROBLEMS.sharedId)
    ? { result: 'warning', details: 'person_processing_disabled' }
    : { result: 'ok' };
}

function poisonError({ problems: [problem] }: ReadEvent): string {
  if (problem === PROBLEMS.noUuid) return 'missing_event_uuid';
  if (problem === PROBLEMS.badUuid) return 'invalid_event_uuid';
  return problem === PROBLEMS.repeatedUuid ? 'duplicate_event_uuid' : 'request_parsing_error';
}

function errorAnswer(status: number, error: string, headers?: Answer['headers']): Answer {
  const description = error.replaceAll('_', ' ');
  const content = { error, error_description: description, error_uri: 'https://posthog.com/docs/api' };
  return jsonAnswer(status, content, headers);
}

function sizeOf({ headers, body }: CollectorRequest): number {
  const length = Number(headers['content-length']);
  return Number.isInteger(length) && length > 0 ? length : Buffer.byteLength(body);
}
