import { isAddress } from '../../../host/private-hosts.js';
import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import {
  isAbsent,
  isObject,
  listOf,
  membersOf,
  objectOf,
  parseJson,
  textOf,
  type UnknownObject,
} from '../reading/json.js';
import { allRejected, answering, jsonAnswer, unreadable } from '../reading/reading.js';
import { bearerToken } from '../reading/request.js';
import * as messages from './meta.messages.js';

const PATH = /^\/v\d+\.\d+\/([\w-]+)\/events$/;
const MAX_EVENTS = 1_000;
const TRACE = 'AExampleTrace';
const MAX_AGE_MS = 7 * 24 * 3_600_000;
/** Seconds of the year 5138: a larger number is in milliseconds. */
const MAX_SECONDS = 99_999_999_999;
const HASH = /^[\da-f]{64}$/;
/** Newer libraries add a part. */
const PIXEL_ID = /^fb\.\d+\.\d+\.\d+(?:\.[\w-]+)?$/;
const CLICK_ID = /^fb\.\d+\.\d+\.[^\s]+$/;
const HASHED = ['em', 'ph', 'fn', 'ln', 'db', 'ge', 'ct', 'st', 'zp', 'country'] as const;
/** Members by which Meta finds a person. */
const PERSONAL = [...HASHED, 'external_id', 'client_ip_address', 'client_user_agent', 'fbc', 'fbp'] as const;
// prettier-ignore
const SOURCES: ReadonlySet<unknown> = new Set([
  'website', 'system_generated', 'app', 'email', 'phone_call', 'physical_store', 'chat', 'other',
]);
const SHOWN = ['action_source', 'event_source_url', 'opt_out'] as const;

/** An error of the Graph API. Its code decides, and not the status. */
function errorAnswer(status: number, code: number, type: string, message: string): Answer {
  return jsonAnswer(status, { error: { message, type, code, fbtrace_id: TRACE } });
}

const INVALID = errorAnswer(400, 100, 'OAuthException', 'Invalid parameter');
const UNAUTHORIZED = errorAnswer(400, 190, 'OAuthException', 'Invalid OAuth access token.');

/** Meta's Conversions API: `/<version>/<dataset>/events`. One invalid event fails its whole request. */
export const meta: CollectorPlatform = {
  name: 'meta',
  title: 'Meta',
  read: (request: CollectorRequest) => (PATH.test(request.path) ? readEvents(request) : undefined),
  // It documents no answer for single events, and none for a request that is too large.
  answer: answering({
    rejected: INVALID,
    unauthorized: UNAUTHORIZED,
    throttled: errorAnswer(400, 4, 'OAuthException', '(#4) Application request limit reached'),
    error: errorAnswer(500, 2, 'OAuthException', 'Service temporarily unavailable'),
  }),
};

function readEvents({ path, body, query, headers, receivedAt }: CollectorRequest): Reading {
  const { data, access_token: token } = objectOf(parseJson(body));
  const events = listOf(data).map((item) => readServerEvent(item, receivedAt));
  const refused = (answer: Answer, problem: string): Reading => allRejected(events, answer, problem);
  const isInUrl = textOf(query.get('access_token')) !== null;
  if (textOf(token) === null && !isInUrl && bearerToken(headers['authorization']) === undefined) {
    return refused(UNAUTHORIZED, messages.noToken);
  }
  if (events.length === 0) return refused(INVALID, messages.noEvents);
  if (events.length > MAX_EVENTS) return refused(INVALID, messages.manyEvents);
  if (events.some(({ outcome }) => outcome === 'rejected')) return refused(INVALID, messages.poison);
  const answer = jsonAnswer(200, { events_received: events.length, messages: [], fbtrace_id: TRACE });
  return { events, answer, problems: isInUrl ? [messages.tokenInUrl] : [], account: PATH.exec(path)?.[1] };
}

/** Reads an event. The first `external_id` (mostly a hash) is the `userId`, `fbp` the `anonymousId`: the cookie of the pixel. */
function readServerEvent(item: unknown, receivedAt: number): ReadEvent {
  if (!isObject(item)) return unreadable(messages.notAnObject);
  const { event_name: name, event_time: seconds, custom_data: custom } = item;
  const user = objectOf(item['user_data']);
  const id = textOf(item['event_id']);
  const isTime = Number.isInteger(seconds) && (seconds as number) > 0 && (seconds as number) <= MAX_SECONDS;
  const time = isTime ? (seconds as number) * 1_000 : null;

  const faults: string[] = [];
  if (textOf(name) === null) faults.push(messages.noName);
  if (time === null) faults.push(messages.badTime);
  else if (receivedAt - time > MAX_AGE_MS) faults.push(messages.oldTime);
  if (!SOURCES.has(item['action_source'])) faults.push(messages.badSource);
  if (item['action_source'] === 'website' && !isOfWebsite(item, user)) faults.push(messages.noWebsite);
  if (custom !== undefined && !isObject(custom)) faults.push(messages.badCustomData);
  addPersonFaults(user, faults);

  return {
    kind: name === 'PageView' ? 'page' : 'track',
    name: textOf(name) ?? '',
    id,
    userId: valuesOf(user['external_id']).map(textOf)[0] ?? null,
    anonymousId: textOf(user['fbp']),
    time,
    // Without `user_data`: these are hashes, and the ids are shown on their own.
    properties: { ...objectOf(custom), ...membersOf(item, SHOWN) },
    outcome: faults.length === 0 ? 'delivered' : 'rejected',
    problems: id === null ? [...faults, messages.noId] : faults,
    repetition: id === null ? undefined : `${id} ${textOf(name)}`,
  };
}

function addPersonFaults(user: UnknownObject, faults: string[]): void {
  if (!PERSONAL.some((name) => isGiven(user[name]))) faults.push(messages.noPerson);
  const hashes = HASHED.flatMap((name) => (isGiven(user[name]) ? valuesOf(user[name]) : []));
  if (hashes.some((each) => typeof each !== 'string' || !HASH.test(each))) faults.push(messages.notHashed);
  const { fbp, fbc, client_ip_address: address } = user;
  if (fbp !== undefined && !isText(fbp, PIXEL_ID)) faults.push(messages.badPixelId);
  if (fbc !== undefined && !isText(fbc, CLICK_ID)) faults.push(messages.badClickId);
  if (address !== undefined && (typeof address !== 'string' || !isAddress(address)))
    faults.push(messages.badAddress);
}

function isOfWebsite(item: UnknownObject, user: UnknownObject): boolean {
  return textOf(item['event_source_url']) !== null && textOf(user['client_user_agent']) !== null;
}

function isText(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value);
}

function isGiven(value: unknown): boolean {
  const isEmpty = value === '' || (Array.isArray(value) && value.length === 0);
  return !isAbsent(value) && !isEmpty;
}

function valuesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
