import type { Answer, AnswerKind, CollectorPlatform, Reading } from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';
import { isLonger } from '../reading/json.js';
import type { Message } from '../segment-protocol/message.js';
import { addProblem, allWith, eventsOf } from '../segment-protocol/outcomes.js';
import { PROTOCOL_ROUTES, readProtocol, writeKeyOf } from '../segment-protocol/request.js';
import {
  invalidNeighbour,
  noWriteKey,
  tooLargeMessage,
  tooLargeRequest,
} from '../segment-protocol/segment-protocol.messages.js';
import { readHousekeeping } from '../segment-protocol/settings.js';
import { longMessages } from '../segment-protocol/sizes.js';
import { permissive } from './customerio.messages.js';

const MAX_BODY_KB = 500;
const MAX_MESSAGE_KB = 32;

const SUCCESS = jsonAnswer(200, {});
/** The bodies of errors are not documented. */
const INVALID: Answer = { status: 400 };
const UNAUTHORIZED: Answer = { status: 401 };
const ANSWERS: Readonly<Partial<Record<AnswerKind, Answer>>> = {
  rejected: INVALID,
  unauthorized: UNAUTHORIZED,
  error: { status: 500 },
};
/** Such events are invalid; other faults have no documented effect. */
const INVALIDATING = new Set<string>(['noObject', 'noType', 'noIds']);

/** Customer.io's Pipelines API: only in strict mode does it say that events are invalid. */
export const customerio: CollectorPlatform = {
  name: 'customerio',
  title: 'Customer.io',

  read(request) {
    const route = PROTOCOL_ROUTES.get(request.path);
    if (route === undefined) {
      return readHousekeeping(request, {
        platform: 'customerio',
        integration: 'Customer.io Data Pipelines',
      });
    }
    const { messages, body, unreadable, problems } = readProtocol(request, route);
    const isStrict = request.headers['x-strict-mode'] === '1';
    const refused = (answer: Answer, problem: string): Reading => ({
      events: allWith(messages, isStrict ? 'rejected' : 'dropped'),
      answer: isStrict ? answer : SUCCESS,
      problems: [...problems, problem, ...(isStrict ? [] : [permissive])],
    });
    if (unreadable !== undefined) return { events: [], answer: INVALID, problems };
    const account = writeKeyOf(request, body);
    if (account === undefined) return refused(UNAUTHORIZED, noWriteKey);
    if (isLonger(request.body, MAX_BODY_KB * 1_024)) return refused(INVALID, tooLargeRequest(MAX_BODY_KB));
    const invalid = invalidOf(messages, request.body);
    if (invalid.size === 0) return { events: eventsOf(messages), answer: SUCCESS, problems, account };
    if (isStrict) return refused(INVALID, invalidNeighbour);
    for (const { event } of invalid) event.outcome = 'dropped';
    return { events: eventsOf(messages), answer: SUCCESS, problems: [...problems, permissive], account };
  },

  answer: (kind) => ANSWERS[kind],
};

function invalidOf(messages: readonly Message[], body: string): Set<Message> {
  const invalid = new Set(messages.filter(({ faults }) => faults.some((fault) => INVALIDATING.has(fault))));
  for (const message of longMessages(messages, body, MAX_MESSAGE_KB * 1_024)) {
    addProblem(message, tooLargeMessage(MAX_MESSAGE_KB));
    invalid.add(message);
  }
  return invalid;
}
