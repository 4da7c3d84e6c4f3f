import type { Answer, AnswerKind, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';
import { bearerToken } from '../reading/authorization.js';
import { objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected } from '../reading/whole-request.js';
import { manyEvents, noEvents, noToken, poison, tokenInUrl } from './meta.messages.js';
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
  const items = Array.isArray(data) ? (data as unknown[]) : [];
  const events = items.map((item) => readServerEvent(item, receivedAt));
  const refused = (answer: Answer, problem: string): Reading => ({
    events: allRejected(events),
    answer,
    problems: [problem],
  });
  const isInUrl = textOf(query.get('access_token')) !== null;
  if (textOf(token) === null && !isInUrl && bearerToken(headers['authorization']) === undefined) {
    return refused(UNAUTHORIZED, noToken);
  }
  if (items.length === 0) return refused(INVALID, noEvents);
  if (items.length > MAX_EVENTS) return refused(INVALID, manyEvents);
  if (events.some(({ outcome }) => outcome === 'rejected')) return refused(INVALID, poison);
  const answer = jsonAnswer(200, { events_received: events.length, messages: [], fbtrace_id: TRACE });
  return { events, answer, problems: isInUrl ? [tokenInUrl] : [], account: PATH.exec(path)?.[1] };
}
