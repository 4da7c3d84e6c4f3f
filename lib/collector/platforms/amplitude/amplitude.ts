import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { isObject, listOf, objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected, answering, jsonAnswer, textAnswer, withoutEvents } from '../reading/reading.js';
import * as messages from './amplitude.messages.js';
import { DEFAULT_MIN_ID_LENGTH, type ReadItem, readItem } from './event.js';

const MAX_BYTES: ReadonlyMap<string, number> = new Map([
  ['/2/httpapi', 1_000_000],
  ['/batch', 20_000_000],
]);
const MAX_EVENTS = 2_000;
/** Names of the events that the form-encoded APIs of profiles stand for. */
const PROFILE_TYPES: ReadonlyMap<string, string> = new Map([
  ['/identify', '$identify'],
  ['/groupidentify', '$groupidentify'],
]);
/** Requests of the browser SDK for its settings, and its reports about itself. */
const SETTINGS = jsonAnswer(200, { configs: {} });
const HOUSEKEEPING = /^\/(?:config(?:\/[\w-]+)?|v1\/capture)$/;

/** Events in a second of a person who is too fast. */
const RATE = 32;
const TOO_LARGE = jsonAnswer(413, { code: 413, error: 'Payload too large' });
const UNDECODABLE = jsonAnswer(400, { code: 400, error: 'Invalid JSON request body' });

/** Amplitude: `/2/httpapi`, `/batch`, and the form-encoded `/identify` and `/groupidentify`. */
export const amplitude: CollectorPlatform = {
  name: 'amplitude',
  title: 'Amplitude',
  read(request: CollectorRequest): Reading | undefined {
    const { path } = request;
    const maxBytes = MAX_BYTES.get(path);
    if (maxBytes !== undefined) return readUpload(request, maxBytes);
    const type = PROFILE_TYPES.get(path);
    if (type !== undefined) return readProfiles(request, type);
    return HOUSEKEEPING.test(path) ? withoutEvents(SETTINGS) : undefined;
  },
  answer: answering({
    rejected: UNDECODABLE,
    'events-rejected': ({ events }) =>
      invalid(new Map(events.map((_, index) => [index, messages.FAULTS.badTime]))),
    unauthorized: jsonAnswer(400, { code: 400, error: 'Invalid API key' }),
    'too-large': TOO_LARGE,
    throttled,
    error: { status: 503 },
  }),
};

function readUpload({ body, receivedAt }: CollectorRequest, maxBytes: number): Reading {
  const content = parseJson(body);
  const { api_key: key, events: given, options } = objectOf(content);
  const minimum = objectOf(options)['min_id_length'];
  const minIdLength = typeof minimum === 'number' ? minimum : DEFAULT_MIN_ID_LENGTH;
  const items = listOf(given).map((item) => readItem(item, minIdLength));
  const events = items.map(({ event }) => event);
  const refused = (answer: Answer, problem: string): Reading => allRejected(events, answer, problem);
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBytes) return refused(TOO_LARGE, messages.tooLarge);
  if (!isObject(content)) return refused(UNDECODABLE, messages.undecodable);
  const account = textOf(key);
  if (account === null) return refused(missingField('api_key'), messages.noKey);
  if (items.length === 0) return refused(missingField('events'), messages.noEvents);
  if (items.length > MAX_EVENTS) return refused(TOO_LARGE, messages.manyEvents);
  const faults = faultsOf(items);
  if (faults.size > 0) return refused(invalid(faults), messages.someInvalid);
  return { events, answer: stored(events.length, bytes, receivedAt), problems: [], account };
}

/** The answers of the form-encoded APIs are texts. */
function readProfiles({ body, query }: CollectorRequest, type: string): Reading {
  const form = new URLSearchParams(body);
  const content = parseJson(form.get('identification') ?? query.get('identification') ?? '');
  const given = isObject(content) ? [content] : listOf(content);
  const items = given.map((item) =>
    readItem(isObject(item) ? { ...item, event_type: type } : item, DEFAULT_MIN_ID_LENGTH),
  );
  const events = items.map(({ event }) => event);
  const refused = (text: string, problem: string): Reading =>
    allRejected(events, textAnswer(400, text), problem);
  if (items.length === 0) return refused('invalid_identification', messages.noForm);
  const account = textOf(form.get('api_key') ?? query.get('api_key'));
  if (account === null) return refused('missing_api_key', messages.noKey);
  if (faultsOf(items).size > 0) return refused('invalid_identification', messages.someInvalid);
  return { events, answer: textAnswer(200, 'success'), problems: [], account };
}

function faultsOf(items: readonly ReadItem[]): Map<number, messages.Fault> {
  return new Map(items.flatMap(({ fault }, index) => (fault === undefined ? [] : [[index, fault] as const])));
}

function stored(events: number, bytes: number, receivedAt: number): Answer {
  return jsonAnswer(200, {
    code: 200,
    events_ingested: events,
    payload_size_bytes: bytes,
    server_upload_time: receivedAt,
  });
}

function missingField(field: string): Answer {
  return jsonAnswer(400, { code: 400, error: 'Request missing required field', missing_field: field });
}

/** Indices by the list and the field that name them. Nothing of the request is stored. */
function invalid(faults: ReadonlyMap<number, messages.Fault>): Answer {
  const lists: Partial<Record<messages.Fault['list'], Record<string, number[]>>> = {
    events_with_invalid_fields: {},
    events_with_missing_fields: {},
  };
  for (const [index, { list, field }] of faults) {
    const indices = (lists[list] ??= {});
    (indices[field] ??= []).push(index);
  }
  return jsonAnswer(400, { code: 400, error: 'Invalid field values on some events', ...lists });
}

/** The person of the last event is too fast. Nothing of the request is stored. */
function throttled({ events }: Reading): Answer {
  const { userId = null, anonymousId = null } = events.at(-1) ?? {};
  const isTheirs = (event: ReadEvent): boolean =>
    userId === null ? event.anonymousId === anonymousId : event.userId === userId;
  return jsonAnswer(429, {
    code: 429,
    error: 'Too many requests for some devices and users',
    eps_threshold: 30,
    throttled_devices: userId === null && anonymousId !== null ? { [anonymousId]: RATE } : {},
    throttled_users: userId === null ? {} : { [userId]: RATE },
    throttled_events: events.flatMap((event, index) => (isTheirs(event) ? [index] : [])),
  });
}
