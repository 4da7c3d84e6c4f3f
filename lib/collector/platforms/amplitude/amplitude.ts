import type { Answer, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { isObject, listOf, objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected, jsonAnswer, textAnswer, withoutEvents } from '../reading/reading.js';
import * as messages from './amplitude.messages.js';
import { answerOf, invalid, missingField, stored, TOO_LARGE, UNDECODABLE } from './answers.js';
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
  answer: answerOf,
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
