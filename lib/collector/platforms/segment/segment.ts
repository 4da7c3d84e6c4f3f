import type { Answer, AnswerKind, CollectorPlatform, Reading } from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';
import { isLonger } from '../reading/json.js';
import type { Message } from '../segment-protocol/message.js';
import { addProblem, allWith, eventsOf } from '../segment-protocol/outcomes.js';
import { PROTOCOL_ROUTES, readProtocol, writeKeyOf } from '../segment-protocol/request.js';
import {
  noWriteKey,
  tooLargeMessage,
  tooLargeRequest,
} from '../segment-protocol/segment-protocol.messages.js';
import { readHousekeeping } from '../segment-protocol/settings.js';
import { longMessages } from '../segment-protocol/sizes.js';
import { longMessageId, manyProperties, surplus } from './segment.messages.js';

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
const ANSWERS: Readonly<Partial<Record<AnswerKind, Answer>>> = {
  rejected: MALFORMED,
  unauthorized: FORBIDDEN,
  'too-large': TOO_LARGE,
  throttled: { status: 429, headers: { 'retry-after': '7', 'x-ratelimit-reset': '7' } },
  error: { status: 503 },
};
/** Without ids or a type, an event cannot be processed; Segment answers 200 to such events. Other faults have no documented effect. */
const FATAL = new Set<string>(['noObject', 'noType', 'noIds']);

/** Segment: nearly every request is answered with 200. */
export const segment: CollectorPlatform = {
  name: 'segment',
  title: 'Segment',

  read(request) {
    const route = PROTOCOL_ROUTES.get(request.path);
    if (route === undefined)
      return readHousekeeping(request, { platform: 'segment', integration: 'Segment.io' });
    const { messages, body, unreadable, problems } = readProtocol(request, route);
    if (unreadable !== undefined) return { events: [], answer: MALFORMED, problems };
    if (writeKeyOf(request, body) === undefined) {
      return rejected(messages, FORBIDDEN, [...problems, noWriteKey]);
    }
    if (isLonger(request.body, MAX_BODY_KB * 1_024)) {
      return rejected(messages, TOO_LARGE, [...problems, tooLargeRequest(MAX_BODY_KB)]);
    }
    const long = longMessages(messages, request.body, MAX_MESSAGE_KB * 1_024);
    if (long.length > 0) {
      for (const each of long) addProblem(each, tooLargeMessage(MAX_MESSAGE_KB));
      return rejected(messages, TOO_LARGE, [...problems, tooLargeMessage(MAX_MESSAGE_KB)]);
    }
    messages.forEach(judge);
    // Without an account: Segment knows a messageId again in whichever source it is.
    return { events: eventsOf(messages), answer: SUCCESS, problems };
  },

  answer: (kind) => ANSWERS[kind],
};

function rejected(messages: readonly Message[], answer: Answer, problems: readonly string[]): Reading {
  return { events: allWith(messages, 'rejected'), answer, problems };
}

function judge(message: Message, index: number): void {
  const { event, faults } = message;
  if (event.id !== null && event.id.length > MAX_ID_LENGTH) addProblem(message, longMessageId);
  if (hasMoreThan(event.properties, MAX_PROPERTIES)) addProblem(message, manyProperties);
  if (index >= MAX_EVENTS) addProblem(message, surplus);
  if (index >= MAX_EVENTS || faults.some((fault) => FATAL.has(fault))) event.outcome = 'dropped';
}

function hasMoreThan(properties: Readonly<Record<string, unknown>>, max: number): boolean {
  let count = 0;
  for (const _ in properties) if (++count > max) return true;
  return false;
}
