import type { CollectorRequest, ReadEvent } from '../../platform.js';
import {
  isAbsent,
  isObject,
  listOf,
  objectOf,
  parseJson,
  textOf,
  type UnknownObject,
} from '../reading/json.js';
import { eventWith } from '../reading/reading.js';
import * as messages from './google-analytics.messages.js';
import {
  MAX_AGE_MS,
  MAX_BODY_BYTES,
  MAX_EVENTS,
  MAX_USER_ID,
  nameFindings,
  paramFindings,
  userPropertyFindings,
} from './rules.js';

/**
 * Reads a request of the Measurement Protocol: its events, its own findings, and all that the validation endpoint would say.
 * `user_id` is the `userId`, and `client_id` (the cookie `_ga`) the `anonymousId`.
 */
export function readMeasurement(request: CollectorRequest) {
  const content = parseJson(request.body);
  const body = objectOf(content);
  const own = requestFindings(request, content, body);
  const isDropped = own.some(({ isFatal }) => isFatal);
  const read = listOf(body['events']).map((item, index) => readEvent(item, index, body, request.receivedAt));
  return {
    events: read.map(({ event }): ReadEvent => (isDropped ? { ...event, outcome: 'dropped' } : event)),
    own,
    all: [...own, ...read.flatMap(({ findings }) => findings)],
  };
}

function requestFindings(
  { query, body: text }: CollectorRequest,
  content: unknown,
  body: UnknownObject,
): messages.Finding[] {
  const findings: messages.Finding[] = [];
  const { client_id: clientId, user_id: userId, consent, events } = body;
  const stream = query.get('measurement_id') ?? query.get('firebase_app_id') ?? '';
  if (stream === '' || (query.get('api_secret') ?? '') === '') findings.push(messages.noCredentials);
  if (!isObject(content)) return [...findings, messages.undecodable];
  // A stream of an app has another id in its place.
  if (!query.has('firebase_app_id')) {
    if (isAbsent(clientId) || clientId === '') findings.push(messages.noClient);
    else if (typeof clientId !== 'string') findings.push(messages.badClient);
  }
  if (!Array.isArray(events) || events.length === 0) findings.push(messages.noEvents);
  if (userId !== undefined && !(typeof userId === 'string' && userId.length <= MAX_USER_ID))
    findings.push(messages.badUser);
  if (Object.values(objectOf(consent)).some((each) => each !== 'GRANTED' && each !== 'DENIED')) {
    findings.push(messages.badConsent);
  }
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) findings.push(messages.largeBody);
  return [...findings, ...userPropertyFindings(objectOf(body['user_properties']))];
}

function readEvent(
  item: unknown,
  index: number,
  body: UnknownObject,
  receivedAt: number,
): { event: ReadEvent; findings: readonly messages.Finding[] } {
  if (!isObject(item)) {
    const { problem } = messages.notAnObject;
    return {
      event: eventWith({ outcome: 'dropped', problems: [problem] }),
      findings: [messages.notAnObject],
    };
  }
  const { name, params } = item;
  const time = timeOf(item['timestamp_micros'] ?? body['timestamp_micros']);
  const isEnforced = body['validation_behavior'] === 'ENFORCE_RECOMMENDATIONS';
  const findings = [...nameFindings(name), ...paramFindings(params)];
  if (index >= MAX_EVENTS) findings.push(messages.surplus);
  if (time === undefined) findings.push(messages.badTime);
  if (typeof time === 'number' && receivedAt - time > MAX_AGE_MS) {
    findings.push(isEnforced ? messages.tooOld : messages.old);
  }
  const userProperties = objectOf(body['user_properties']);
  const hasTraits = Object.keys(userProperties).length > 0;
  // It has no id, because Google recognises no repetition: a retry is counted again.
  const event = eventWith({
    kind: name === 'page_view' ? 'page' : 'track',
    name: textOf(name) ?? '',
    userId: textOf(body['user_id']),
    anonymousId: textOf(body['client_id']),
    time: time ?? null,
    properties: hasTraits ? { ...objectOf(params), user_properties: userProperties } : objectOf(params),
    outcome: findings.some(({ isFatal }) => isFatal) ? 'dropped' : 'delivered',
    problems: findings.map(({ problem }) => problem),
  });
  return { event, findings };
}

/** Milliseconds; null: it has none; undefined: it is no number of microseconds. */
function timeOf(micros: unknown): number | null | undefined {
  if (isAbsent(micros)) return null;
  const number = typeof micros === 'string' && /^\d{1,19}$/.test(micros) ? Number(micros) : micros;
  return typeof number === 'number' && Number.isInteger(number) && number > 0
    ? Math.floor(number / 1_000)
    : undefined;
}
