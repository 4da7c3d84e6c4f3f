import type { Answer, AnswerKind, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { listOf, objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected, jsonAnswer } from '../reading/reading.js';
import { bearerToken } from '../reading/request.js';
import * as messages from './meta.messages.js';
import { readServerEvent } from './server-event.js';

const PATH = /^\/v\d+\.\d+\/([\w-]+)\/events$/;
const MAX_EVENTS = 1_000;
const TRACE = 'AExampleTrace';

/** An error of the Graph API. Its code decides, and not the status. */
function errorAnswer(status: number, code: number, type: string, message: string): Answer {
  return jsonAnswer(status, { error: { message, type, code, fbtrace_id: TRACE } });
}

const INVALID = errorAnswer(400, 100, 'OAuthException', 'Invalid parameter');
const UNAUTHORIZED = errorAnswer(400, 190, 'OAuthException', 'Invalid OAuth access token.');
/** Meta documents no answer for single events, and none for a request that is too large. */
const ANSWERS: Readonly<Partial<Record<AnswerKind, Answer>>> = {
  rejected: INVALID,
  unauthorized: UNAUTHORIZED,
  throttled: errorAnswer(400, 4, 'OAuthException', '(#4) Application request limit reached'),
  error: errorAnswer(500, 2, 'OAuthException', 'Service temporarily unavailable'),
};

/** Meta's Conversions API: `/<version>/<dataset>/events`. One invalid event fails its whole request. */
export const meta: CollectorPlatform = {
  name: 'meta',
  title: 'Meta',
  read: (request: CollectorRequest) => (PATH.test(request.path) ? readEvents(request) : undefined),
  answer: (kind: AnswerKind) => ANSWERS[kind],
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
