import type { CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { listOf, objectOf, parseJson } from '../reading/json.js';
import { allRejected, answering, PIXEL, textAnswer } from '../reading/reading.js';
import { readQuery, readRecord } from './record.js';
import * as messages from './snowplow.messages.js';

/** The schema of `data` in a request. */
const PAYLOAD_DATA = /^iglu:com\.snowplowanalytics\.snowplow\/payload_data\/jsonschema\/1-0-\d+$/;
const BAD_ROW_BYTES = 1_000_000;
const MAX_BYTES = 2_000_000;
const OK = textAnswer(200, 'ok', { 'content-type': 'text/plain' });
const GET_HEADERS = { 'content-type': 'image/gif', 'cache-control': 'no-store' };

/** A Snowplow collector: `POST /com.snowplowanalytics.snowplow/tp2` and `GET /i`. It answers 200 to events that the pipeline rejects. */
export const snowplow: CollectorPlatform = {
  name: 'snowplow',
  title: 'Snowplow',
  read(request: CollectorRequest): Reading | undefined {
    if (request.path === '/i') {
      const answer = { status: 200, headers: GET_HEADERS, body: PIXEL };
      return { events: [readQuery(request.query)], answer, problems: [] };
    }
    return request.path === '/com.snowplowanalytics.snowplow/tp2' ? readPayload(request) : undefined;
  },
  // It has no credentials, and documents no limit of speed.
  answer: answering({ rejected: { status: 400 }, 'too-large': { status: 413 }, error: { status: 503 } }),
};

function readPayload({ body, headers }: CollectorRequest): Reading {
  const { schema, data } = objectOf(parseJson(body));
  const events = listOf(data).map(readRecord);
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BYTES) return allRejected(events, { status: 413 }, messages.tooLarge);
  const fault = faultOf(bytes, schema, data, headers['content-type'] ?? '');
  if (fault !== undefined) {
    const dropped = events.map((event) => ({ ...event, outcome: 'dropped' as const }));
    return { events: dropped, answer: OK, problems: [fault] };
  }
  const isBroken = events.some(({ outcome }) => outcome === 'dropped') && events.length > 1;
  return { events, answer: OK, problems: isBroken ? [messages.oneFails] : [] };
}

/** A rule for which the whole request becomes a bad row. */
function faultOf(bytes: number, schema: unknown, data: unknown, contentType: string): string | undefined {
  if (bytes > BAD_ROW_BYTES) return messages.badRow;
  if (schema === undefined && data === undefined) return messages.undecodable;
  if (typeof schema !== 'string' || !PAYLOAD_DATA.test(schema)) return messages.wrongSchema;
  if (!Array.isArray(data) || data.length === 0) return messages.noEvents;
  return /^application\/json\b/i.test(contentType) ? undefined : messages.wrongType;
}
