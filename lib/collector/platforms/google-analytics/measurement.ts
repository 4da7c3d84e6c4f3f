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
import { type Finding, FINDINGS } from './google-analytics.messages.js';

const MAX_EVENTS = 25;
const MAX_BODY_BYTES = 130_000;
const MAX_USER_ID = 256;
const MAX_AGE_MS = 72 * 3_600_000;

const MAX_PARAMS = 25;
const MAX_VALUE = 100;
const LONG_VALUES: Readonly<Partial<Record<string, number>>> = {
  page_title: 300,
  page_referrer: 420,
  page_location: 1_000,
};
const MAX_USER_PROPERTY_NAME = 24;
const MAX_USER_PROPERTY_VALUE = 36;
const NAME = /^[a-z]\w{0,39}$/i;
const RESERVED_PREFIX = /^(?:google_|ga_|firebase_)/;

// prettier-ignore
const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'ad_activeview', 'ad_click', 'ad_exposure', 'ad_impression', 'ad_query', 'adunit_exposure', 'app_clear_data',
  'app_install', 'app_update', 'app_remove', 'error', 'first_open', 'first_visit', 'in_app_purchase',
  'notification_dismiss', 'notification_foreground', 'notification_open', 'notification_receive', 'os_update',
  'screen_view', 'session_start', 'user_engagement',
]);
const RESERVED_USER_PROPERTIES: ReadonlySet<string> = new Set([
  'first_open_time',
  'first_visit_time',
  'last_deep_link_referrer',
  'user_id',
  'first_open_after_install',
]);

/** Reads the Measurement Protocol. `user_id` is the `userId`, and `client_id` (the cookie `_ga`) the `anonymousId`. */
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
): Finding[] {
  const findings: Finding[] = [];
  const { client_id: clientId, user_id: userId, consent, events } = body;
  const stream = query.get('measurement_id') ?? query.get('firebase_app_id') ?? '';
  if (stream === '' || (query.get('api_secret') ?? '') === '') findings.push(FINDINGS.noCredentials);
  if (!isObject(content)) return [...findings, FINDINGS.undecodable];
  // A stream of an app has another id in its place.
  if (!query.has('firebase_app_id')) {
    if (isAbsent(clientId) || clientId === '') findings.push(FINDINGS.noClient);
    else if (typeof clientId !== 'string') findings.push(FINDINGS.badClient);
  }
  if (!Array.isArray(events) || events.length === 0) findings.push(FINDINGS.noEvents);
  if (userId !== undefined && !(typeof userId === 'string' && userId.length <= MAX_USER_ID))
    findings.push(FINDINGS.badUser);
  if (Object.values(objectOf(consent)).some((each) => each !== 'GRANTED' && each !== 'DENIED')) {
    findings.push(FINDINGS.badConsent);
  }
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) findings.push(FINDINGS.largeBody);
  return [...findings, ...userPropertyFindings(objectOf(body['user_properties']))];
}

function readEvent(
  item: unknown,
  index: number,
  body: UnknownObject,
  receivedAt: number,
): { event: ReadEvent; findings: readonly Finding[] } {
  if (!isObject(item)) {
    const { problem } = FINDINGS.notAnObject;
    return {
      event: eventWith({ outcome: 'dropped', problems: [problem] }),
      findings: [FINDINGS.notAnObject],
    };
  }
  const { name, params } = item;
  const time = timeOf(item['timestamp_micros'] ?? body['timestamp_micros']);
  const isEnforced = body['validation_behavior'] === 'ENFORCE_RECOMMENDATIONS';
  const findings = [...nameFindings(name), ...paramFindings(params)];
  if (index >= MAX_EVENTS) findings.push(FINDINGS.surplus);
  if (time === undefined) findings.push(FINDINGS.badTime);
  if (typeof time === 'number' && receivedAt - time > MAX_AGE_MS) {
    findings.push(isEnforced ? FINDINGS.tooOld : FINDINGS.old);
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

function nameFindings(name: unknown): Finding[] {
  if (typeof name !== 'string' || !NAME.test(name)) return [FINDINGS.badName];
  return RESERVED_EVENTS.has(name) || RESERVED_PREFIX.test(name) ? [FINDINGS.reservedName] : [];
}

function paramFindings(params: unknown): Finding[] {
  if (params === undefined) return [];
  if (!isObject(params)) return [FINDINGS.badParams];
  const names = Object.keys(params);
  const findings: Finding[] = [];
  if (names.length > MAX_PARAMS) findings.push(FINDINGS.manyParams);
  if (names.some((name) => !NAME.test(name) || RESERVED_PREFIX.test(name)))
    findings.push(FINDINGS.badParamName);
  if (names.some((name) => isLong(name, params[name]))) findings.push(FINDINGS.longValue);
  return findings;
}

function isLong(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const limit = Object.hasOwn(LONG_VALUES, name) ? LONG_VALUES[name] : undefined;
  return value.length > (limit ?? MAX_VALUE);
}

function userPropertyFindings(properties: UnknownObject): Finding[] {
  const entries = Object.entries(properties);
  const findings: Finding[] = [];
  if (entries.length > MAX_PARAMS) findings.push(FINDINGS.manyUserProperties);
  if (entries.some(([name, each]) => !isUserProperty(name, each))) findings.push(FINDINGS.badUserProperties);
  return findings;
}

function isUserProperty(name: string, given: unknown): boolean {
  const isName = NAME.test(name) && name.length <= MAX_USER_PROPERTY_NAME;
  if (!isName || RESERVED_USER_PROPERTIES.has(name) || RESERVED_PREFIX.test(name)) return false;
  if (!isObject(given) || given['value'] === undefined) return false;
  const { value } = given;
  return typeof value !== 'string' || value.length <= MAX_USER_PROPERTY_VALUE;
}
