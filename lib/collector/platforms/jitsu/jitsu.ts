import type { EventKind } from '../../ledger/received-event.js';
import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';
import { bearerToken } from '../reading/authorization.js';
import type { JsonObject } from '../reading/json.js';
import type { Message } from '../segment-protocol/message.js';
import { addProblem, allWith, eventsOf } from '../segment-protocol/outcomes.js';
import { readProtocol, writeKeyOf, type Route } from '../segment-protocol/request.js';
import { noWriteKey } from '../segment-protocol/segment-protocol.messages.js';
import { readHousekeeping } from '../segment-protocol/settings.js';
import { longMessages } from '../segment-protocol/sizes.js';
import { notJsonType, tooLarge } from './jitsu.messages.js';
import { messageError, shownId } from './message-error.js';

const MAX_MESSAGE_BYTES = 1_000_000;
const BATCH_ROUTES: ReadonlySet<string> = new Set(['/api/s/s2s/batch', '/v1/batch', '/v1/b', '/batch', '/b']);
const KINDS: readonly EventKind[] = ['track', 'identify', 'group', 'alias', 'page', 'screen'];
/** One message each: from servers, and from the browser library, which needs no key at a host of the site's own. */
const SINGLE_ROUTES: ReadonlyMap<string, Route> = new Map(
  KINDS.flatMap((kind): [string, Route][] => [
    [`/api/s/s2s/${kind}`, kind],
    [`/api/s/${kind}`, kind],
  ]),
);
const UNPARSED = jsonAnswer(400, { error: 'error parsing message' });
const QUOTA = 'quota exceeded: billing quota exceeded, event throttled';

/** Jitsu: the answer lists the messages that it does not accept, as texts. */
export const jitsu: CollectorPlatform = {
  name: 'jitsu',
  title: 'Jitsu',

  read(request) {
    const { path, headers } = request;
    const isBatch = BATCH_ROUTES.has(path);
    const route = isBatch ? 'batch' : SINGLE_ROUTES.get(path);
    if (route === undefined)
      return readHousekeeping(request, { platform: 'jitsu', integration: 'Segment.io' });
    const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim();
    if (!/(?:application\/json|text\/plain)$/.test(type)) {
      const error = `invalid content type: ${type}. Expected: application/json`;
      return { events: [], answer: jsonAnswer(400, { error }), problems: [notJsonType] };
    }
    const { messages, body, unreadable, problems } = readProtocol(request, route);
    if (unreadable !== undefined || messages.some(({ faults }) => faults.includes('noObject'))) {
      return { events: allWith(messages, 'rejected'), answer: UNPARSED, problems };
    }
    const account = keyOf(request, body);
    if (account === undefined && (isBatch || path.startsWith('/api/s/s2s/'))) {
      const events = allWith(messages, 'rejected');
      return { events, answer: streamNotFound(headers['host']), problems: [...problems, noWriteKey] };
    }
    const errors = errorsOf(messages, request.body);
    return {
      events: eventsOf(messages),
      answer: isBatch ? batchAnswer(messages, errors) : single(errors),
      problems,
      account,
    };
  },

  answer(kind, reading) {
    switch (kind) {
      case 'rejected':
        return UNPARSED;
      case 'events-rejected':
        return listed(reading, 'event error: rejected');
      case 'throttled':
        return listed(reading, QUOTA);
      case 'unauthorized':
        return streamNotFound('127.0.0.1');
      case 'error':
        return { status: 500 };
      case 'too-large':
        return undefined;
    }
  },
};

/** A real answer repeats the key; this one has none to repeat. */
function streamNotFound(host = ''): Answer {
  const domain = host.replace(/:\d+$/, '');
  const error = `stream not found: for: [slug: ][domain: ${domain}][writeKey: ][ingestType: writeKey]`;
  return jsonAnswer(401, { error });
}

function keyOf(request: CollectorRequest, body: JsonObject): string | undefined {
  const { headers, query } = request;
  return (
    headers['x-write-key'] ||
    writeKeyOf(request, body) ||
    bearerToken(headers['authorization']) ||
    query.get('writekey') ||
    undefined
  );
}

/** The texts about messages that are not accepted; their events are rejected. */
function errorsOf(messages: readonly Message[], body: string): Map<Message, string> {
  const errors = new Map<Message, string>();
  for (const message of messages) {
    const error = messageError(message);
    if (error !== undefined) errors.set(message, error);
  }
  for (const message of longMessages(messages, body, MAX_MESSAGE_BYTES)) {
    addProblem(message, tooLarge);
    errors.set(message, `message size exceeds the limit of ${MAX_MESSAGE_BYTES} bytes`);
  }
  for (const { event } of errors.keys()) event.outcome = 'rejected';
  return errors;
}

function batchAnswer(messages: readonly Message[], errors: ReadonlyMap<Message, string>): Answer {
  const receivedEvents = messages.length;
  if (errors.size === 0) return jsonAnswer(200, { ok: true, receivedEvents, okEvents: receivedEvents });
  return jsonAnswer(200, {
    ok: false,
    receivedEvents,
    okEvents: receivedEvents - errors.size,
    errors: Array.from(errors, ([message, text]) => `Message ID: ${shownId(message)}: event error: ${text}`),
  });
}

function single(errors: ReadonlyMap<Message, string>): Answer {
  const [error] = errors.values();
  return error === undefined
    ? jsonAnswer(200, { ok: true })
    : jsonAnswer(200, { error: `event error: ${error}` });
}

/** A 200 that accepts no event of a request. */
function listed({ events }: Reading, text: string): Answer {
  return jsonAnswer(200, {
    ok: false,
    receivedEvents: events.length,
    okEvents: 0,
    errors: events.map((event) => `Message ID: ${idOf(event)}: ${text}`),
  });
}

function idOf({ repetition, id }: ReadEvent): string {
  return typeof repetition === 'string' ? repetition : (id ?? '');
}
