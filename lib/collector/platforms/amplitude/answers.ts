import type { Answer, AnswerKind, ReadEvent } from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';
import { BAD_TIME, type Fault } from './amplitude.messages.js';

export const TOO_LARGE = jsonAnswer(413, { code: 413, error: 'Payload too large' });
export const UNDECODABLE = jsonAnswer(400, { code: 400, error: 'Invalid JSON request body' });
const INVALID_KEY = jsonAnswer(400, { code: 400, error: 'Invalid API key' });

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
  const lists: Record<Fault['list'], Record<string, number[]>> = {
    events_with_invalid_fields: {},
    events_with_missing_fields: {},
    events_with_invalid_id_lengths: {},
  };
  for (const [index, { list, field }] of faults) (lists[list][field] ??= []).push(index);
  return jsonAnswer(400, { code: 400, error: 'Invalid field values on some events', ...lists });
}

/** The documented answer of a kind. */
export function answerOf(kind: AnswerKind, events: readonly ReadEvent[]): Answer {
  switch (kind) {
    case 'rejected':
      return UNDECODABLE;
    case 'events-rejected':
      return invalid(new Map(events.map((_, index) => [index, BAD_TIME])));
    case 'unauthorized':
      return INVALID_KEY;
    case 'too-large':
      return TOO_LARGE;
    case 'throttled':
      return jsonAnswer(429, {
        code: 429,
        error: 'Too many requests for some devices and users',
        eps_threshold: 30,
        throttled_devices: rates(events.map(({ anonymousId }) => anonymousId)),
        throttled_users: rates(events.map(({ userId }) => userId)),
        throttled_events: events.map((_, index) => index),
      });
    case 'error':
      return { status: 503 };
  }
}

function rates(ids: readonly (string | null)[]): Record<string, number> {
  return Object.fromEntries(ids.flatMap((id) => (id === null ? [] : [[id, 32] as const])));
}
