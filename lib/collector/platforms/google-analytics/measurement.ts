import type { CollectorRequest, ReadEvent } from '../../platform.js';
import { isObject, listOf, objectOf, parseJson, textOf, type UnknownObject } from '../reading/json.js';
import { eventWith, unreadable } from '../reading/reading.js';
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

/** The events of a request, and all that the validation endpoint would say. */
export interface Measurement {
  readonly events: readonly ReadEvent[];
  readonly own: readonly messages.Finding[];
  readonly all: readonly messages.Finding[];
}

interface Client {
  readonly userId: string | null;
  readonly anonymousId: string | null;
  readonly micros: unknown;
  readonly isEnforced: boolean;
  readonly userProperties: UnknownObject;
  readonly receivedAt: number;
}

/** Reads a request of the Measurement Protocol. `user_id` is the `userId`, and `client_id` (the cookie `_ga`) the `anonymousId`. */
export function readMeasurement(request: CollectorRequest): Measurement {
  const content = parseJson(request.body);
  const body = objectOf(content);
  const { client_id: clientId, user_id: userId, timestamp_micros: micros, events: given } = body;
  const own = requestFindings(request, content, body);
  const userProperties = objectOf(body['user_properties']);
  const client: Client = {
    userId: textOf(userId),
    anonymousId: textOf(clientId),
    micros,
    isEnforced: body['validation_behavior'] === 'ENFORCE_RECOMMENDATIONS',
    userProperties,
    receivedAt: request.receivedAt,
  };
  const isDropped = own.some(({ isFatal }) => isFatal);
  const read = listOf(given).map((item, index) => readEvent(item, index, client));
  return {
    events: read.map(({ event }) => (isDropped ? { ...event, outcome: 'dropped' } : event)),
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
    if (clientId === undefined || clientId === null || clientId === '') findings.push(messages.noClient);
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
  client: Client,
): { event: ReadEvent; findings: readonly messages.Finding[] } {
  if (!isObject(item)) {
    return {
      event: { ...unreadable(messages.notAnObject.problem), outcome: 'dropped' },
      findings: [messages.notAnObject],
    };
  }
  const { name, params } = item;
  const micros = item['timestamp_micros'] ?? client.micros;
  const time = timeOf(micros);
  const findings = [...nameFindings(name), ...paramFindings(params)];
  if (index >= MAX_EVENTS) findings.push(messages.surplus);
  if (time === undefined) findings.push(messages.badTime);
  if (typeof time === 'number' && client.receivedAt - time > MAX_AGE_MS) {
    findings.push(client.isEnforced ? messages.tooOld : messages.old);
  }
  const { userId, anonymousId, userProperties } = client;
  const hasTraits = Object.keys(userProperties).length > 0;
  // It has no id, because Google recognises no repetition: a retry is counted again.
  const event = eventWith({
    kind: name === 'page_view' ? 'page' : 'track',
    name: textOf(name) ?? '',
    userId,
    anonymousId,
    time: time ?? null,
    properties: hasTraits ? { ...objectOf(params), user_properties: userProperties } : objectOf(params),
    outcome: findings.some(({ isFatal }) => isFatal) ? 'dropped' : 'delivered',
    problems: findings.map(({ problem }) => problem),
  });
  return { event, findings };
}

/** Milliseconds; null: it has none; undefined: it is no number of microseconds. */
function timeOf(micros: unknown): number | null | undefined {
  if (micros === undefined || micros === null) return null;
  const number = typeof micros === 'string' && /^\d{1,19}$/.test(micros) ? Number(micros) : micros;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 && Number.isInteger(number)
    ? Math.floor(number / 1_000)
    : undefined;
}
