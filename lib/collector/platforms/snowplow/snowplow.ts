import type {
  Answer,
  AnswerKind,
  CollectorPlatform,
  CollectorRequest,
  ReadEvent,
  Reading,
} from '../../platform.js';
import { textAnswer } from '../reading/answers.js';
import { objectOf, parseJson } from '../reading/json.js';
import { allRejected } from '../reading/whole-request.js';
import { PAYLOAD_DATA } from './payload-data.js';
import { readQuery, readRecord } from './record.js';
import {
  badRow,
  noEvents,
  oneFails,
  tooLarge,
  undecodable,
  wrongSchema,
  wrongType,
} from './snowplow.messages.js';

const BAD_ROW_BYTES = 1_000_000;
const MAX_BYTES = 2_000_000;
const OK = textAnswer(200, 'ok', { 'content-type': 'text/plain' });
const PIXEL: Answer = {
  status: 200,
  headers: { 'content-type': 'image/gif', 'cache-control': 'no-store' },
  body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
};

/** It has no credentials, and documents no limit of speed. */
const ANSWERS: Readonly<Partial<Record<AnswerKind, Answer>>> = {
  rejected: { status: 400 },
  'too-large': { status: 413 },
  error: { status: 503 },
};

/** A Snowplow collector: `POST /com.snowplowanalytics.snowplow/tp2` and `GET /i`. It answers 200 to events that the pipeline rejects. */
export const snowplow: CollectorPlatform = {
  name: 'snowplow',
  title: 'Snowplow',
  read(request: CollectorRequest): Reading | undefined {
    if (request.path === '/i') return { events: [readQuery(request.query)], answer: PIXEL, problems: [] };
    return request.path === '/com.snowplowanalytics.snowplow/tp2' ? readPayload(request) : undefined;
  },
  answer: (kind: AnswerKind) => ANSWERS[kind],
};

function readPayload({ body, headers }: CollectorRequest): Reading {
  const content = objectOf(parseJson(body));
  const { schema, data } = content;
  const events = Array.isArray(data) ? (data as unknown[]).map(readRecord) : [];
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BYTES) {
    return { events: allRejected(events), answer: { status: 413 }, problems: [tooLarge] };
  }
  const fault = faultOf(bytes, schema, data, headers['content-type'] ?? '');
  if (fault !== undefined) return { events: events.map(dropped), answer: OK, problems: [fault] };
  const isBroken = events.some(({ outcome }) => outcome === 'dropped') && events.length > 1;
  return { events, answer: OK, problems: isBroken ? [oneFails] : [] };
}

/** A rule for which the whole request becomes a bad row. */
function faultOf(bytes: number, schema: unknown, data: unknown, contentType: string): string | undefined {
  if (bytes > BAD_ROW_BYTES) return badRow;
  if (schema === undefined && data === undefined) return undecodable;
  if (typeof schema !== 'string' || !PAYLOAD_DATA.test(schema)) return wrongSchema;
  if (!Array.isArray(data) || data.length === 0) return noEvents;
  return /^application\/json\b/i.test(contentType) ? undefined : wrongType;
}

function dropped(event: ReadEvent): ReadEvent {
  return { ...event, outcome: 'dropped' };
}
