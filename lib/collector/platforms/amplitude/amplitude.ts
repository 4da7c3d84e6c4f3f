import type { Answer, AnswerKind, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer, textAnswer } from '../reading/answers.js';
import { isObject, objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected } from '../reading/whole-request.js';
import {
  manyEvents,
  noEvents,
  noForm,
  noKey,
  someInvalid,
  tooLarge,
  undecodable,
  type Fault,
} from './amplitude.messages.js';
import { answerOf, invalid, missingField, stored, TOO_LARGE, UNDECODABLE } from './answers.js';
import { readEvent, type ReadItem } from './event.js';
import { DEFAULT_MIN_ID_LENGTH, MAX_EVENTS } from './rules.js';

const MAX_BYTES: Readonly<Partial<Record<string, number>>> = {
  '/2/httpapi': 1_000_000,
  '/batch': 20_000_000,
};
/** Names of the events that the form-encoded APIs of profiles stand for. */
const PROFILE_TYPES: ReadonlyMap<string, string> = new Map([
  ['/identify', '$identify'],
  ['/groupidentify', '$groupidentify'],
]);
/** The browser SDK's settings, and its reports about itself, where they are sent here. */
const SETTINGS = jsonAnswer(200, { configs: {} });
const HOUSEKEEPING = /^\/(?:config(?:\/[\w-]+)?|v1\/capture)$/;

/** Amplitude: `/2/httpapi`, `/batch`, and the form-encoded `/identify` and `/groupidentify`. */
export const amplitude: CollectorPlatform = {
  name: 'amplitude',
  title: 'Amplitude',
  read(request: CollectorRequest): Reading | undefined {
    const { path } = request;
    const maxBytes = path === '/2/httpapi' || path === '/batch' ? MAX_BYTES[path] : undefined;
    if (maxBytes !== undefined) return readUpload(request, maxBytes);
    const type = PROFILE_TYPES.get(path);
    if (type !== undefined) return readProfiles(request, type);
    return HOUSEKEEPING.test(path) ? { events: [], answer: SETTINGS, problems: [] } : undefined;
  },
  answer: (kind: AnswerKind, { events }: Reading) => answerOf(kind, events),
};

function readUpload({ body, receivedAt }: CollectorRequest, maxBytes: number): Reading {
  const content = parseJson(body);
  const { api_key: key, events: given, options } = objectOf(content);
  const items = Array.isArray(given) ? (given as unknown[]) : [];
  const minimum = objectOf(options)['min_id_length'];
  const minIdLength = typeof minimum === 'number' ? minimum : DEFAULT_MIN_ID_LENGTH;
  const read = items.map((item) => readEvent(item, minIdLength));
  const events = read.map(({ event }) => event);
  const refused = (answer: Answer, problem: string): Reading => ({
    events: allRejected(events),
    answer,
    problems: [problem],
  });
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBytes) return refused(TOO_LARGE, tooLarge);
  if (!isObject(content)) return refused(UNDECODABLE, undecodable);
  const account = textOf(key);
  if (account === null) return refused(missingField('api_key'), noKey);
  if (items.length === 0) return refused(missingField('events'), noEvents);
  if (items.length > MAX_EVENTS) return refused(TOO_LARGE, manyEvents);
  const faults = faultsOf(read);
  if (faults.size > 0) return refused(invalid(faults), someInvalid);
  return { events, answer: stored(events.length, bytes, receivedAt), problems: [], account };
}

/** The answers of the form-encoded APIs are texts. */
function readProfiles({ body, query }: CollectorRequest, type: string): Reading {
  const form = new URLSearchParams(body);
  const content = parseJson(form.get('identification') ?? query.get('identification') ?? '');
  const items = Array.isArray(content) ? (content as unknown[]) : isObject(content) ? [content] : [];
  const read = items.map((item) =>
    readEvent(isObject(item) ? { ...item, event_type: type } : item, DEFAULT_MIN_ID_LENGTH),
  );
  const events = read.map(({ event }) => event);
  const refused = (text: string, problem: string): Reading => ({
    events: allRejected(events),
    answer: textAnswer(400, text),
    problems: [problem],
  });
  if (items.length === 0) return refused('invalid_identification', noForm);
  const account = textOf(form.get('api_key') ?? query.get('api_key'));
  if (account === null) return refused('missing_api_key', noKey);
  if (faultsOf(read).size > 0) return refused('invalid_identification', someInvalid);
  return { events, answer: textAnswer(200, 'success'), problems: [], account };
}

function faultsOf(read: readonly ReadItem[]): Map<number, Fault> {
  const faults = new Map<number, Fault>();
  for (const [index, { fault }] of read.entries()) if (fault !== undefined) faults.set(index, fault);
  return faults;
}
