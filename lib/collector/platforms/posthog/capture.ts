import type { Answer, AnswerKind, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { jsonAnswer, textAnswer } from '../reading/answers.js';
import { idOf, isObject, jsonBytes, objectOf, textOf, type JsonObject } from '../reading/json.js';
import { isoTime } from '../reading/time.js';
import { allRejected, unreadable } from '../reading/whole-request.js';
import { sdkBody } from '../reading/sdk-body.js';
import { readEvent } from './event.js';
import { PROBLEMS, REQUEST_PROBLEMS } from './posthog.messages.js';
import { isUuid, MAX_AHEAD_MS, MAX_EVENT_BYTES, MAX_LENGTH } from './rules.js';

const MAX_BYTES = 20_000_000;
const OK = jsonAnswer(200, { status: 'Ok' });
const TOO_LARGE: Answer = { status: 413 };
const NO_TOKEN = textAnswer(401, 'event submitted without an api_key');
const NO_ID = 'event submitted without a distinct_id';

/** The documented answers; it reports nothing about single events. */
export const CAPTURE_ANSWERS: Readonly<Partial<Record<AnswerKind, Answer>>> = {
  rejected: textAnswer(400, NO_ID),
  unauthorized: NO_TOKEN,
  'too-large': TOO_LARGE,
  throttled: textAnswer(429, 'rate limited'),
  error: textAnswer(503, 'transient error, please retry'),
};

/** `/batch/` and its siblings: one event without a name or an id fails all. It answers 200 also over the quota. */
export function readCapture(request: CollectorRequest): Reading {
  const content = sdkBody(request);
  const { items, envelope } = unpacked(content);
  const refused = (answer: Answer, problem: string, events: readonly ReadEvent[] = []): Reading => ({
    events: allRejected(events),
    answer,
    problems: [problem],
  });
  if (request.body.length > MAX_BYTES / 3 && Buffer.byteLength(request.body) > MAX_BYTES) {
    return refused(TOO_LARGE, REQUEST_PROBLEMS.tooLarge, items.map(eventReader(envelope, request)));
  }
  if (content === undefined) {
    return refused(textAnswer(400, 'failed to decode request'), REQUEST_PROBLEMS.undecodable);
  }
  if (items.length === 0) return refused(textAnswer(400, 'request holds no event'), REQUEST_PROBLEMS.empty);

  const events = items.map(eventReader(envelope, request));
  const [token, ...others] = tokensOf(items, envelope);
  if (token === undefined) return refused(NO_TOKEN, REQUEST_PROBLEMS.noToken, events);
  if (others.length > 0) {
    const text = 'batch submitted with inconsistent api_key values';
    return refused(textAnswer(401, text), REQUEST_PROBLEMS.mixedTokens, events);
  }
  if (token.startsWith('phx_')) {
    const text = 'API key is not valid: personal_api_key';
    return refused(textAnswer(401, text), REQUEST_PROBLEMS.personalToken, events);
  }
  const poison = events.find(({ outcome }) => outcome === 'rejected')?.problems[0];
  if (poison === undefined) return { events, answer: OK, problems: [], account: token };
  return refused(textAnswer(400, sentenceOf(poison)), REQUEST_PROBLEMS.poison, events);
}

function sentenceOf(problem: string): string {
  if (problem === PROBLEMS.noName) return 'event submitted with an empty event name';
  return problem === PROBLEMS.noId ? NO_ID : 'failed to parse request';
}

/** The events, and the object around them. A single event is its own envelope. */
function unpacked(content: unknown): { items: readonly unknown[]; envelope: JsonObject } {
  if (Array.isArray(content)) return { items: content, envelope: {} };
  const envelope = objectOf(content);
  const items = envelope['batch'];
  return { items: Array.isArray(items) ? items : 'event' in envelope ? [envelope] : [], envelope };
}

function tokensOf(items: readonly unknown[], envelope: JsonObject): Set<string> {
  const own = tokenIn(envelope);
  const tokens = new Set(own === null ? [] : [own]);
  if (own !== null) return tokens;
  for (const item of items) {
    const event = objectOf(item);
    const token = tokenIn(event) ?? tokenIn(objectOf(event['properties']));
    if (token !== null) tokens.add(token);
  }
  return tokens;
}

function tokenIn(object: JsonObject): string | null {
  return textOf(object['api_key']) ?? textOf(object['token']) ?? textOf(object['$token']);
}

function eventReader(envelope: JsonObject, { body, receivedAt }: CollectorRequest) {
  const sentAt = isoTime(envelope['sent_at']) ?? receivedAt;
  const mayBeLarge = body.length > MAX_EVENT_BYTES / 3;

  return (item: unknown): ReadEvent => {
    if (!isObject(item)) return unreadable(PROBLEMS.notAnObject);
    const properties = withTraits(item);
    const name = textOf(item['event']) ?? '';
    const given = (idOf(item['distinct_id']) ?? idOf(properties['distinct_id']) ?? '').trim();
    const distinctId = given.slice(0, MAX_LENGTH);
    const uuid = textOf(item['uuid']);
    const [time, timeProblem] = timeIn(item, sentAt, receivedAt);
    const problems: string[] = [];
    if (name === '') problems.push(PROBLEMS.noName);
    if (distinctId === '') problems.push(PROBLEMS.noId);
    const isPoison = problems.length > 0;
    if (name.length > MAX_LENGTH) problems.push(PROBLEMS.longName);
    if (given.length > MAX_LENGTH) problems.push(PROBLEMS.longId);
    const isBadUuid = uuid !== null && !isUuid(uuid);
    if (isBadUuid) problems.push(PROBLEMS.badUuid);
    const isLarge = mayBeLarge && jsonBytes(item) > MAX_EVENT_BYTES;
    if (isLarge) problems.push(PROBLEMS.tooLarge);
    if (timeProblem !== undefined) problems.push(timeProblem);
    const hasNoProfile = properties['$process_person_profile'] === false;
    const cut = name.slice(0, MAX_LENGTH);
    const event = readEvent({ name: cut, distinctId, uuid, time, properties, hasNoProfile, problems });
    if (isPoison) return { ...event, outcome: 'rejected' };
    return isBadUuid || isLarge ? { ...event, outcome: 'dropped' } : event;
  };
}

/** posthog-js has `$set` and `$set_once` beside the properties. */
function withTraits(item: JsonObject): JsonObject {
  const properties = objectOf(item['properties']);
  const { $set, $set_once: once } = item;
  if ($set === undefined && once === undefined) return properties;
  return {
    ...properties,
    ...($set !== undefined && { $set: { ...objectOf(properties['$set']), ...objectOf($set) } }),
    ...(once !== undefined && { $set_once: { ...objectOf(properties['$set_once']), ...objectOf(once) } }),
  };
}

/** The clock of the sender is compared with `sent_at`, which has the same skew. */
function timeIn(
  { timestamp, offset }: JsonObject,
  sentAt: number,
  receivedAt: number,
): [time: number | null, problem?: string] {
  if (timestamp === undefined || timestamp === null) {
    return [typeof offset === 'number' ? receivedAt - offset : null];
  }
  const time = isoTime(timestamp);
  if (time === null) return [null, PROBLEMS.badTime];
  return time - sentAt > MAX_AHEAD_MS ? [receivedAt, PROBLEMS.aheadTime] : [time];
}
