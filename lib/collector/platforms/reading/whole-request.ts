import type { ReadEvent } from '../../platform.js';

/** An item of a request that is no event at all. */
export function unreadable(problem: string): ReadEvent {
  return {
    kind: 'track',
    name: '',
    id: null,
    userId: null,
    anonymousId: null,
    time: null,
    properties: {},
    outcome: 'rejected',
    problems: [problem],
    repetition: undefined,
  };
}

/** The events of a request that is rejected as a whole: also those that break no rule. */
export function allRejected(events: readonly ReadEvent[]): ReadEvent[] {
  return events.map((event) => ({ ...event, outcome: 'rejected' }));
}
