import type { Answer, CollectorPlatform, Reading } from '../../platform.js';
import { answering, jsonAnswer, withoutEvents } from '../reading/reading.js';
import type { Message } from '../segment-protocol/message.js';
import { PROTOCOL_ROUTES, ProtocolRequest, readHousekeeping } from '../segment-protocol/request.js';
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
    const protocol = new ProtocolRequest(request, route);
    const { events, unreadable, problems, writeKey: account } = protocol;
    if (unreadable !== undefined) return withoutEvents(INVALID, ...problems);
    const isStrict = request.headers['x-strict-mode'] === '1';
    const refused = (answer: Answer, problem: string): Reading =>
      isStrict
        ? protocol.all('rejected', answer, problem)
        : protocol.all('dropped', SUCCESS, problem, messages.permissive);
    if (account === undefined) return refused(UNAUTHORIZED, messages.noWriteKey);
    if (protocol.isLonger(MAX_BODY_KB * 1_024))
      return refused(INVALID, messages.tooLargeRequest(MAX_BODY_KB));
    const invalid = invalidOf(protocol);
    if (invalid.size === 0) return { events, answer: SUCCESS, problems, account };
    if (isStrict) return refused(INVALID, messages.invalidNeighbour);
    for (const { event } of invalid) event.outcome = 'dropped';
    return { events, answer: SUCCESS, problems: [...problems, messages.permissive], account };
  },

  answer: answering({ rejected: INVALID, unauthorized: UNAUTHORIZED, error: { status: 500 } }),
};

function invalidOf(protocol: ProtocolRequest): Set<Message> {
  const long = protocol.longMessages(MAX_MESSAGE_KB * 1_024);
  for (const message of long) message.addProblem(messages.tooLargeMessage(MAX_MESSAGE_KB));
  return new Set([...protocol.messages.filter(({ isFatal }) => isFatal), ...long]);
}
