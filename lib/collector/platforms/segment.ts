import type { Answer, AnswerKind, CollectorPlatform, ReadEvent } from '../platform.js';
import type { EventKind } from '../ledger/received-event.js';

interface Message {
  readonly type?: EventKind;
  readonly messageId?: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly event?: string;
  readonly groupId?: string;
  readonly previousId?: string;
  readonly timestamp?: string;
  readonly properties?: Record<string, unknown>;
  readonly traits?: Record<string, unknown>;
}

const ANSWERS: Readonly<Partial<Record<AnswerKind, Answer>>> = {
  rejected: { status: 400 },
  unauthorized: { status: 403 },
  throttled: { status: 429, headers: { 'retry-after': '7', 'x-ratelimit-reset': '7' } },
  error: { status: 503 },
};

export const segment: CollectorPlatform = {
  name: 'segment',
  title: 'Segment',
  read({ path, body }) {
    if (path !== '/v1/batch') return undefined;
    const { batch = [] } = JSON.parse(body) as { batch?: readonly Message[] };
    return { events: batch.map(readMessage), answer: { status: 200 }, problems: [] };
  },
  answer: (kind) => ANSWERS[kind],
};

function readMessage(message: Message): ReadEvent {
  const { type: kind = 'track', messageId, userId, anonymousId, timestamp } = message;
  const isKnown = userId !== undefined || anonymousId !== undefined;
  return {
    kind,
    name: message.event ?? message.groupId ?? message.previousId ?? '',
    id: messageId ?? null,
    userId: userId ?? null,
    anonymousId: anonymousId ?? null,
    time: timestamp === undefined ? null : Date.parse(timestamp),
    properties: message.properties ?? message.traits ?? {},
    outcome: isKnown ? 'delivered' : 'dropped',
    problems: isKnown ? [] : ['It has neither a userId nor an anonymousId.'],
    repetition: messageId,
  };
}
