import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { isLonger, objectOf } from '../reading/json.js';
import { answering, jsonAnswer, withoutEvents } from '../reading/reading.js';
import { bearerToken } from '../reading/request.js';
import type { Message } from '../segment-protocol/message.js';
import { ProtocolRequest, readHousekeeping, singleRoutes } from '../segment-protocol/request.js';
import * as messages from '../segment-protocol/segment-protocol.messages.js';

const MAX_MESSAGE_BYTES = 1_000_000;
const MAX_NAME_BYTES = 128;
const MAX_ID_LENGTH = 64;
/** The host generates an id for a message without one. */
const NO_ID = '00000000-0000-0000-0000-000000000000';
const BATCH_ROUTES: ReadonlySet<string> = new Set(['/api/s/s2s/batch', '/v1/batch', '/v1/b', '/batch', '/b']);
/** From servers, and from the browser library, which needs no key at a host of the site's own. */
const SINGLE_ROUTES = new Map(singleRoutes((kind) => [`/api/s/s2s/${kind}`, `/api/s/${kind}`]));
const UNPARSED = jsonAnswer(400, { error: 'error parsing message' });

/** Jitsu: the answer lists the messages that it does not accept, as texts. */
export const jitsu: CollectorPlatform = {
  name: 'jitsu',
  title: 'Jitsu',

  read(request) {
    const { path, headers } = request;
    const isBatch = BATCH_ROUTES.has(path);
    const route = isBatch ? 'batch' : SINGLE_ROUTES.get(path);
    if (route === undefined) return readHousekeeping(request, 'jitsu');
    const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim();
    if (!/(?:application\/json|text\/plain)$/.test(type)) {
      const error = `invalid content type: ${type}. Expected: application/json`;
      return withoutEvents(jsonAnswer(400, { error }), messages.notJsonType);
    }
    const protocol = new ProtocolRequest(request, route);
    const { messages: sent, events, unreadable, problems } = protocol;
    if (unreadable !== undefined || sent.some(({ faults }) => faults.includes('noObject'))) {
      return protocol.all('rejected', UNPARSED);
    }
    const account = keyOf(request, protocol);
    if (account === undefined && (isBatch || path.startsWith('/api/s/s2s/'))) {
      return protocol.all('rejected', streamNotFound(headers['host']), messages.noWriteKey);
    }
    const errors = errorsOf(protocol);
    const answer = isBatch ? batchAnswer(sent.length, errors) : singleAnswer([...errors.values()]);
    return { events, answer, problems, account };
  },

  answer: answering({
    rejected: UNPARSED,
    'events-rejected': (reading) => listed(reading, 'event error: rejected'),
    throttled: (reading) => listed(reading, 'quota exceeded: billing quota exceeded, event throttled'),
    unauthorized: streamNotFound('127.0.0.1'),
    error: { status: 500 },
  }),
};

/** A real answer repeats the key; this one has none to repeat. */
function streamNotFound(host = ''): Answer {
  const domain = host.replace(/:\d+$/, '');
  const error = `stream not found: for: [slug: ][domain: ${domain}][writeKey: ][ingestType: writeKey]`;
  return jsonAnswer(401, { error });
}

function keyOf({ headers, query }: CollectorRequest, { writeKey }: ProtocolRequest): string | undefined {
  return (
    headers['x-write-key'] ||
    writeKey ||
    bearerToken(headers['authorization']) ||
    query.get('writekey') ||
    undefined
  );
}

/** The texts about messages that are not accepted; their events are rejected. */
function errorsOf(protocol: ProtocolRequest): Map<Message, string> {
  const errors = new Map<Message, string>();
  for (const message of protocol.messages) {
    const error = messageError(message);
    if (error !== undefined) errors.set(message, error);
  }
  for (const message of protocol.longMessages(MAX_MESSAGE_BYTES)) {
    message.addProblem(messages.tooLargeForJitsu);
    errors.set(message, `message size exceeds the limit of ${MAX_MESSAGE_BYTES} bytes`);
  }
  for (const { event } of errors.keys()) event.outcome = 'rejected';
  return errors;
}

/** Why Jitsu does not accept a message, in its own words; undefined: it does. Adds the problems that only Jitsu has with it. */
function messageError(message: Message): string | undefined {
  const { event, faults, value } = message;
  const id = shownId(message);
  if (event.id !== null && event.id !== id) {
    event.repetition = id;
    message.addProblem(messages.changedMessageId);
  }
  if (faults.includes('noType')) {
    const { type } = objectOf(value);
    return typeof type === 'string' && type !== ''
      ? `Unknown event type: ${type.slice(0, 100)}`
      : 'type property of event is required';
  }
  if (faults.includes('noName')) return "'event' property is required for 'track' event";
  if (event.kind === 'track' && isLonger(event.name, MAX_NAME_BYTES)) {
    message.addProblem(messages.longName);
    return `Invalid track event name '${event.name.slice(0, 200)}'. Max length is ${MAX_NAME_BYTES} characters.`;
  }
  return undefined;
}

/** The id by which answers name a message: cleaned and cut. */
function shownId({ event: { id } }: Message): string {
  return id === null ? NO_ID : id.replaceAll(/[^\w.-]/g, '_').slice(0, MAX_ID_LENGTH);
}

function batchAnswer(receivedEvents: number, rejected: ReadonlyMap<Message, string>): Answer {
  if (rejected.size === 0) return jsonAnswer(200, { ok: true, receivedEvents, okEvents: receivedEvents });
  const errors = Array.from(rejected, ([message, text]) => lineOf(shownId(message), `event error: ${text}`));
  return jsonAnswer(200, { ok: false, receivedEvents, okEvents: receivedEvents - rejected.size, errors });
}

function singleAnswer([error]: readonly string[]): Answer {
  return jsonAnswer(200, error === undefined ? { ok: true } : { error: `event error: ${error}` });
}

/** A 200 that accepts no event of a request. */
function listed({ events }: Reading, text: string): Answer {
  const errors = events.map((event) => lineOf(idOf(event), text));
  return jsonAnswer(200, { ok: false, receivedEvents: events.length, okEvents: 0, errors });
}

const lineOf = (id: string, text: string): string => `Message ID: ${id}: ${text}`;

function idOf({ repetition, id }: ReadEvent): string {
  return typeof repetition === 'string' ? repetition : (id ?? '');
}
