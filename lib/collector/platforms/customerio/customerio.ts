import type { Answer, CollectorPlatform, Reading } from '../../platform.js';
import { isLonger } from '../reading/json.js';
import { answering, jsonAnswer, withoutEvents } from '../reading/reading.js';
import {
  addProblem,
  allWith,
  eventsOf,
  isFatal,
  longMessages,
  type Message,
} from '../segment-protocol/message.js';
import {
  allRejected,
  PROTOCOL_ROUTES,
  readHousekeeping,
  readProtocol,
  writeKeyOf,
} from '../segment-protocol/request.js';
import * as messages from '../segment-protocol/segment-protocol.messages.js';

const MAX_BODY_KB = 500;
const MAX_MESSAGE_KB = 32;

const SUCCESS = jsonAnswer(200, {});
/** The bodies of errors are not documented. */
const INVALID: Answer = { status: 400 };
const UNAUTHORIZED: Answer = { status: 401 };

/** Customer.io's Pipelines API: only in strict mode does it say that events are invalid. */
export const customerio: CollectorPlatform = {
  name: 'customerio',
  title: 'Customer.io',

  read(request) {
    const route = PROTOCOL_ROUTES.get(request.path);
    if (route === undefined) return readHousekeeping(request, 'customerio', 'Customer.io Data Pipelines');
    const protocol = readProtocol(request, route);
    const { messages: sent, body, unreadable, problems } = protocol;
    if (unreadable !== undefined) return withoutEvents(INVALID, ...problems);
    const isStrict = request.headers['x-strict-mode'] === '1';
    const refused = (answer: Answer, problem: string): Reading =>
      isStrict
        ? allRejected(protocol, answer, problem)
        : {
            events: allWith(sent, 'dropped'),
            answer: SUCCESS,
            problems: [...problems, problem, messages.permissive],
          };
    const account = writeKeyOf(request, body);
    if (account === undefined) return refused(UNAUTHORIZED, messages.noWriteKey);
    if (isLonger(request.body, MAX_BODY_KB * 1_024)) {
      return refused(INVALID, messages.tooLargeRequest(MAX_BODY_KB));
    }
    const invalid = invalidOf(sent, request.body);
    if (invalid.size === 0) return { events: eventsOf(sent), answer: SUCCESS, problems, account };
    if (isStrict) return refused(INVALID, messages.invalidNeighbour);
    for (const { event } of invalid) event.outcome = 'dropped';
    return { events: eventsOf(sent), answer: SUCCESS, problems: [...problems, messages.permissive], account };
  },

  answer: answering({ rejected: INVALID, unauthorized: UNAUTHORIZED, error: { status: 500 } }),
};

function invalidOf(sent: readonly Message[], body: string): Set<Message> {
  const invalid = new Set(sent.filter(isFatal));
  for (const message of longMessages(sent, body, MAX_MESSAGE_KB * 1_024)) {
    addProblem(message, messages.tooLargeMessage(MAX_MESSAGE_KB));
    invalid.add(message);
  }
  return invalid;
}
