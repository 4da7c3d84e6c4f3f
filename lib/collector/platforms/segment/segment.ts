import type { Answer, CollectorPlatform, Reading } from '../../platform.js';
import { answering, jsonAnswer, withoutEvents } from '../reading/reading.js';
import type { Message } from '../segment-protocol/message.js';
import { PROTOCOL_ROUTES, ProtocolRequest, readHousekeeping } from '../segment-protocol/request.js';
import * as messages from '../segment-protocol/segment-protocol.messages.js';

const MAX_EVENTS = 2_500;
const MAX_BODY_KB = 500;
const MAX_MESSAGE_KB = 32;
const MAX_ID_LENGTH = 99;
const MAX_PROPERTIES = 10_000;

/** No body of a success is documented. */
const SUCCESS: Answer = { status: 200 };
const MALFORMED = jsonAnswer(400, { success: false, message: 'malformed JSON', code: 'invalid_request' });
const TOO_LARGE: Answer = { status: 400 };
const FORBIDDEN: Answer = { status: 403 };

/** Segment: nearly every request is answered with 200, also an event that cannot be processed. */
export const segment: CollectorPlatform = {
  name: 'segment',
  title: 'Segment',

  read(request) {
    const route = PROTOCOL_ROUTES.get(request.path);
    if (route === undefined) return readHousekeeping(request, 'segment');
    const protocol = new ProtocolRequest(request, route);
    const { messages: sent, events, unreadable, problems } = protocol;
    const refused = (answer: Answer, problem: string): Reading => protocol.all('rejected', answer, problem);
    if (unreadable !== undefined) return withoutEvents(MALFORMED, ...problems);
    if (protocol.writeKey === undefined) return refused(FORBIDDEN, messages.noWriteKey);
    if (protocol.isLonger(MAX_BODY_KB * 1_024))
      return refused(TOO_LARGE, messages.tooLargeRequest(MAX_BODY_KB));
    const long = protocol.longMessages(MAX_MESSAGE_KB * 1_024);
    for (const each of long) each.addProblem(messages.tooLargeMessage(MAX_MESSAGE_KB));
    if (long.length > 0) return refused(TOO_LARGE, messages.tooLargeMessage(MAX_MESSAGE_KB));
    sent.forEach(judge);
    // Without an account: Segment recognises a messageId in whichever source it is.
    return { events, answer: SUCCESS, problems };
  },

  answer: answering({
    rejected: MALFORMED,
    unauthorized: FORBIDDEN,
    'too-large': TOO_LARGE,
    throttled: { status: 429, headers: { 'retry-after': '7', 'x-ratelimit-reset': '7' } },
    error: { status: 503 },
  }),
};

function judge(message: Message, index: number): void {
  const { event } = message;
  const isSurplus = index >= MAX_EVENTS;
  if (event.id !== null && event.id.length > MAX_ID_LENGTH) message.addProblem(messages.longMessageId);
  if (Object.keys(event.properties).length > MAX_PROPERTIES) message.addProblem(messages.manyProperties);
  if (isSurplus) message.addProblem(messages.surplus);
  if (isSurplus || message.isFatal) event.outcome = 'dropped';
}
