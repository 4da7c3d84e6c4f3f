import type { ReadEvent } from '../../platform.js';
import type { Message } from './message.js';

/** The events of messages, all with one outcome. */
export function allWith(messages: readonly Message[], outcome: ReadEvent['outcome']): ReadEvent[] {
  for (const { event } of messages) event.outcome = outcome;
  return eventsOf(messages);
}

export function eventsOf(messages: readonly Message[]): ReadEvent[] {
  return messages.map(({ event }) => event);
}

/** Adds a problem to the event of a message. */
export function addProblem({ event }: Message, problem: string): void {
  event.problems = [...event.problems, problem];
}
