import { epochMs } from '../../event/event-time.js';
import type { Id } from '../../event/identity.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { MatcherContext } from './matcher-context.js';

/** Members of an event that a test can check besides its properties; each may be an asymmetric matcher. */
export type EventMembers = {
  readonly [Member in 'userId' | 'anonymousId' | 'groupId' | 'previousId']?: Id | object | undefined;
} & {
  readonly [
    Member in Exclude<
      keyof TrackingEvent,
      'userId' | 'anonymousId' | 'groupId' | 'previousId' | 'name' | 'properties'
    >
  ]?:
    TrackingEvent[Member] | object | (Member extends 'timestamp' | 'acceptedAt' ? string : never) | undefined;
};

/** The members of an event that a test expects. */
export class EventMatch {
  readonly expected: Readonly<Record<string, unknown>>;
  readonly #testers: unknown[];

  constructor(
    private readonly context: MatcherContext,
    properties: object | undefined,
    members: EventMembers | undefined,
  ) {
    const { iterableEquality, subsetEquality } = context.utils;
    this.#testers = [...(context.customTesters ?? []), iterableEquality, subsetEquality];
    const expected: Record<string, unknown> = {};
    if (properties !== undefined) expected['properties'] = properties;
    for (const [member, value] of Object.entries(members ?? {})) expected[member] = asKept(member, value);
    this.expected = expected;
  }

  isOf(event: TrackingEvent): boolean {
    return this.context.equals(event, this.expected, this.#testers);
  }

  /** The event with most of the expected members, the latest of several. */
  nearest(events: readonly TrackingEvent[]): TrackingEvent | undefined {
    let nearest: TrackingEvent | undefined;
    let most = -1;
    for (const event of events) {
      const score = this.#agreements(event, this.expected);
      if (score >= most) [nearest, most] = [event, score];
    }
    return nearest;
  }

  /** The event's values of the expected members. Equal members are replaced by the expected ones, so a diff shows only differences. */
  shown(event: TrackingEvent): unknown {
    return this.#shown(event, this.expected);
  }

  #shown(received: unknown, expected: unknown): unknown {
    if (this.context.equals(received, expected, this.#testers)) return expected;
    if (!isPlain(received) || !isPlain(expected)) return received;
    return Object.fromEntries(
      Object.keys(expected)
        .filter((member) => member in received)
        .map((member) => [member, this.#shown(received[member], expected[member])]),
    );
  }

  #agreements(received: unknown, expected: unknown): number {
    if (isPlain(received) && isPlain(expected)) {
      return Object.keys(expected).reduce(
        (sum, member) => sum + this.#agreements(received[member], expected[member]),
        0,
      );
    }
    return this.context.equals(received, expected, this.#testers) ? 1 : 0;
  }
}

/** Ids and times in the form that events have. */
function asKept(member: string, value: unknown): unknown {
  if (TIMES.has(member)) {
    const time = epochMs(value);
    if (!Number.isNaN(time)) return time;
  }
  if (member === 'groups' && isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([type, id]) => [type, asKept('groupId', id)]));
  }
  const isId = IDS.has(member) && (typeof value === 'number' || typeof value === 'bigint');
  return isId ? String(value) : value;
}

const TIMES: ReadonlySet<string> = new Set(['timestamp', 'acceptedAt']);
const IDS: ReadonlySet<string> = new Set(['userId', 'anonymousId', 'groupId', 'previousId']);

/** Asymmetric matchers are objects, but not literals. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
