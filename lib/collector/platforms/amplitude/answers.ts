import type { Answer, ReadEvent, Reading } from '../../platform.js';
import { answering, jsonAnswer } from '../reading/reading.js';
import { BAD_TIME, type Fault } from './amplitude.messages.js';

export const TOO_LARGE = jsonAnswer(413, { code: 413, error: 'Payload too large' });
export const UNDECODABLE = jsonAnswer(400, { code: 400, error: 'Invalid JSON request body' });

export function stored(events: number, bytes: number, receivedAt: number): Answer {
  return jsonAnswer(200, {
    code: 200,
    events_ingested: events,
    payload_size_bytes: bytes,
    server_upload_time: receivedAt,
  });
}

export function missingField(field: string): Answer {
  return jsonAnswer(400, { code: 400, error: 'Request missing required field', missing_field: field });
}

/** Indices by the list and the field that name them. Nothing of the request is stored. */
export function invalid(faults: ReadonlyMap<number, Fault>): Answer {
  const lists: Partial<Record<Fault['list'], Record<string, number[]>>> = {
    events_with_invalid_fields: {},
    events_with_missing_fields: {},
  };
  for (const [index, { list, field }] of faults) {
    const indices = (lists[list] ??= {});
    (indices[field] ??= []).push(index);
  }
  return jsonAnswer(400, { code: 400, error: 'Invalid field values on some events', ...lists });
}

/** Events in a second of a person who is too fast. */
const RATE = 32;

export const answerOf = answering({
  rejected: UNDECODABLE,
  'events-rejected': ({ events }) => invalid(new Map(events.map((_, index) => [index, BAD_TIME]))),
  unauthorized: jsonAnswer(400, { code: 400, error: 'Invalid API key' }),
  'too-large': TOO_LARGE,
  throttled,
  error: { status: 503 },
});

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
