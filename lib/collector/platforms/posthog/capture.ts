import type { Answer, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import {
  idOf,
  isLonger,
  isObject,
  isoTime,
  jsonBytes,
  listOf,
  objectOf,
  textOf,
  type UnknownObject,
} from '../reading/json.js';
import { allRejected, answering, jsonAnswer, textAnswer, unreadable } from '../reading/reading.js';
import { sdkBody } from '../reading/request.js';
import { isUuid, MAX_AHEAD_MS, MAX_EVENT_BYTES, MAX_LENGTH, readEvent } from './event.js';
import { PROBLEMS, REQUEST_PROBLEMS } from './posthog.messages.js';

const MAX_BYTES = 20_000_000;
const OK = jsonAnswer(200, { status: 'Ok' });
const TOO_LARGE: Answer = { status: 413 };
const UNDECODABLE = textAnswer(400, 'failed to decode request');
const NO_EVENT = textAnswer(400, 'request holds no event');
const MIXED_TOKENS = textAnswer(401, 'batch submitted with inconsistent api_key values');
const PERSONAL_TOKEN = textAnswer(401, 'API key is not valid: personal_api_key');
const NO_TOKEN = textAnswer(401, 'event submitted without an api_key');
const NO_ID = 'event submitted without a distinct_id';

/** The documented answers; it reports nothing about single events. */
export const captureAnswer = answering({
  rejected: textAnswer(400, NO_ID),
  unauthorized: NO_TOKEN,
  'too-large': TOO_LARGE,
  throttled: textAnswer(429, 'rate limited'),
  error: textAnswer(503, 'transient error, please retry'),
});

/** `/batch/` and its siblings: one event without a name or an id fails all. It answers 200 also over the quota. */
export function readCapture(request: CollectorRequest): Reading {
  const content = sdkBody(request);
  const { items, envelope } = unpacked(content);
  const events = items.map(eventReader(envelope, request));
  const refused = (answer: Answer, problem: string): Reading => allRejected(events, answer, problem);
  if (isLonger(request.body, MAX_BYTES)) return refused(TOO_LARGE, REQUEST_PROBLEMS.tooLarge);
  if (content === undefined) return refused(UNDECODABLE, REQUEST_PROBLEMS.undecodable);
  if (items.length === 0) return refused(NO_EVENT, REQUEST_PROBLEMS.empty);
  const [token, ...others] = tokensOf(items, envelope);
  if (token === undefined) return refused(NO_TOKEN, REQUEST_PROBLEMS.noToken);
  if (others.length > 0) return refused(MIXED_TOKENS, REQUEST_PROBLEMS.mixedTokens);
  if (token.startsWith('phx_')) return refused(PERSONAL_TOKEN, REQUEST_PROBLEMS.personalToken);
  const poison = events.find(({ outcome }) => outcome === 'rejected')?.problems[0];
  if (poison !== undefined) return refused(textAnswer(400, sentenceOf(poison)), REQUEST_PROBLEMS.poison);
  return { events, answer: OK, problems: [], account: token };
}

function sentenceOf(problem: string): string {
  if (problem === PROBLEMS.noName) return 'event submitted with an empty event name';
  return problem === PROBLEMS.noId ? NO_ID : 'failed to parse request';
}

/** The events, and the object around them. A single event is its own envelope. */
function unpacked(content: unknown): { items: readonly unknown[]; envelope: UnknownObject } {
  if (Array.isArray(content)) return { items: content, envelope: {} };
  const envelope = objectOf(content);
  const { batch } = envelope;
  if (Array.isArray(batch) || !('event' in envelope)) return { items: listOf(batch), envelope };
  return { items: [envelope], envelope };
}

function tokensOf(items: readonly unknown[], envelope: UnknownObject): Set<string> {
  const own = tokenIn(envelope);
  if (own !== null) return new Set([own]);
  const tokens = items.map(objectOf).map((event) => tokenIn(event) ?? tokenIn(objectOf(event['properties'])));
  return new Set(tokens.filter((token) => token !== null));
}

function tokenIn(object: UnknownObject): string | null {
  return textOf(object['api_key']) ?? textOf(object['token']) ?? textOf(object['$token']);
}

function eventReader(envelope: UnknownObject, { body, receivedAt }: CollectorRequest) {
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
function withTraits(item: UnknownObject): UnknownObject {
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
  { timestamp, offset }: UnknownObject,
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
