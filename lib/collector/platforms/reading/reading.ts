import type { Answer, AnswerKind, CollectorPlatform, ReadEvent, Reading } from '../../platform.js';

export const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const EMPTY: ReadEvent = {
  kind: 'track',
  name: '',
  id: null,
  userId: null,
  anonymousId: null,
  time: null,
  properties: {},
  outcome: 'delivered',
  problems: [],
  repetition: undefined,
};

/** An event with these members; the others are empty. */
export function eventWith(members: Partial<ReadEvent>): ReadEvent {
  return { ...EMPTY, ...members };
}

/** An item of a request that is no event at all. */
export function unreadable(problem: string): ReadEvent {
  return eventWith({ outcome: 'rejected', problems: [problem] });
}

/** A reading of a request without events, such as that of a browser SDK for its settings. */
export function withoutEvents(answer: Answer, ...problems: readonly string[]): Reading {
  return { events: [], answer, problems };
}

/** A request that is rejected as a whole: also its events that break no rule. */
export function allRejected(
  events: readonly ReadEvent[],
  answer: Answer,
  ...problems: readonly string[]
): Reading {
  return { events: events.map((event) => ({ ...event, outcome: 'rejected' })), answer, problems };
}

/** The documented answers by kind; a function makes those that depend on the request. */
export function answering<R extends Reading>(
  answers: Readonly<Partial<Record<AnswerKind, Answer | ((reading: R) => Answer)>>>,
): CollectorPlatform['answer'] {
  return (kind, reading) => {
    const answer = answers[kind];
    return typeof answer === 'function' ? answer(reading as R) : answer;
  };
}

export function jsonAnswer(status: number, value: unknown, headers?: Answer['headers']): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function textAnswer(status: number, body: string, headers?: Answer['headers']): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}
