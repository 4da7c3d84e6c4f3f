import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventBufferFactory } from '../../../lib/buffer/event-buffer.js';
import { memory } from '../../../lib/buffer/memory/memory.js';
import type { AttemptResult } from '../../../lib/delivery/reading.js';
import type { Destination, Outcome } from '../../../lib/destinations/destination.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { answer, LaneBench, OK, type Sent } from '../../support/a-lane.js';
import { total } from '../../support/accounting.js';
import { NEW_YEAR } from '../../support/an-event.js';

const RUNS = { numRuns: 300 };

interface Step {
  readonly type: 'track' | 'identify' | 'group' | 'alias';
  readonly who: Partial<Pick<TrackingEvent, 'userId' | 'anonymousId'>>;
  readonly traits: readonly string[];
  readonly groupId: string;
  /** How many steps ago it was accepted: it was put into the queue again since. */
  readonly late: number;
  readonly thenMs: number;
}

/** What the platform does with one request. */
interface Reply {
  readonly kind: 200 | 400 | 401 | 429 | 500 | 503 | 'reset' | 'named';
  readonly afterMs: number;
  readonly isAppliedFirst: boolean;
}

const people = fc.constantFrom(
  { userId: 'ann' },
  { userId: 'ann', anonymousId: 'v-1' },
  { userId: undefined, anonymousId: 'v-1' },
  { userId: 'bob', anonymousId: 'v-1' },
  { userId: 'bob' },
);
const steps = (late: fc.Arbitrary<number>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      type: fc.constantFrom('identify', 'identify', 'identify', 'group', 'alias', 'track'),
      who: people,
      traits: fc.subarray(['a', 'b', 'c']),
      groupId: fc.constantFrom('acme', 'globex'),
      late,
      thenMs: fc.constantFrom(0, 0, 3, 20, 700),
    }),
    { maxLength: 25 },
  ) as fc.Arbitrary<Step[]>;
const replies = (...kinds: Reply['kind'][]): fc.Arbitrary<Reply[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      afterMs: fc.constantFrom(1, 5, 50, 400),
      isAppliedFirst: fc.boolean(),
    }),
    { maxLength: 30 },
  );
const shape = fc.record({
  maxEvents: fc.constantFrom(1, 3, 50),
  concurrency: fc.constantFrom(1, 4, 32),
  /** Each type has its own endpoint. */
  isPartitioned: fc.boolean(),
});

/** Marks events that are older than their position, as the journal does with replayed ones. */
const COPIES: EventBufferFactory = {
  kind: 'memory',
  create: (setup) => {
    const buffer = memory().create(setup);
    const lease = buffer.lease.bind(buffer);
    buffer.lease = (...args) => {
      const leased = lease(...args);
      for (const held of leased?.events ?? []) {
        Object.defineProperty(held, 'isCopy', { value: held.event.context?.['isLate'] === true });
      }
      return leased;
    };
    return buffer;
  },
};

type SentEvent = Pick<TrackingEvent, 'id' | 'type' | 'userId' | 'anonymousId' | 'previousId' | 'groupId'> & {
  readonly properties: Record<string, number>;
};

/** A platform that keeps the last value of every trait, and knows in which order it got the calls about whom. */
class World {
  readonly lane: LaneBench;
  readonly calls = new Map<string, number>();
  readonly tracks = new Map<string, number>();
  /** Calls in the order in which they were acknowledged, under each id. */
  readonly acknowledged = new Map<string, number[]>();
  readonly values = new Map<string, number>();
  readonly #acknowledgedValues = new Map<string, number>();
  readonly lastCalls = new Map<string, { readonly value: number; readonly id: string }>();
  readonly overwritten: string[] = [];
  #step = 0;

  constructor(
    {
      maxEvents,
      concurrency,
      isPartitioned = false,
    }: { readonly maxEvents: number; readonly concurrency: number; readonly isPartitioned?: boolean },
    replies: readonly Reply[],
  ) {
    const destination: Partial<Destination> = {
      batch: { maxEvents, maxDelayMs: 0 },
      concurrency,
      ...(isPartitioned && { partition: ({ event }: LaneEvent) => event.type }),
      encode: (batch: readonly LaneEvent[]) => ({
        method: 'POST',
        url: 'http://shop.example',
        headers: { 'x-events': JSON.stringify(batch.map(({ event }) => event)) },
        body: JSON.stringify(batch.map(({ event }) => event.id)),
      }),
      decode: ({ body }) =>
        body === '' ? undefined : new Map(JSON.parse(body) as (readonly [string, Outcome])[]),
    };
    this.lane = new LaneBench({ destination, buffer: COPIES });
    const left = [...replies];
    this.lane.platform = (sent) => {
      const reply = left.shift();
      if (reply === undefined) {
        this.#apply(this.#events(sent), true);
        return OK;
      }
      return this.#reply(this.#events(sent), reply);
    };
  }

  take(step: Step): void {
    const now = ++this.#step * 1_000;
    const isLate = step.type !== 'track' && step.late > 0;
    const value = isLate ? now - step.late * 1_000 - 500 + this.#step : now;
    const { type, who, groupId } = step;
    const [id] = this.lane.give(1, {
      type,
      name: type,
      ...(type === 'alias' ? { userId: 'ann', previousId: who.anonymousId ?? 'nobody' } : who),
      ...(type === 'group' && { groupId }),
      properties:
        type === 'alias' ? {} : Object.fromEntries([...step.traits, '#'].map((name) => [name, value])),
      acceptedAt: NEW_YEAR + value,
      context: { isLate },
    });
    if (type === 'track') this.tracks.set(id!, this.lane.clock.monotonic());
    else this.calls.set(id!, value);
    if (type === 'identify' || type === 'group') {
      for (const name of step.traits) this.#called(traitOf(type, { ...who, groupId }, name), value, id!);
    }
    this.lane.clock.advance(step.thenMs);
  }

  /** Until all is settled. */
  end(): void {
    this.lane.clock.advance(3_600_000);
    const { accepted, delivered, pending, dead, dropped } = this.lane.ledger;
    expect({ accepted, pending }).toEqual({ accepted: delivered + dead + total(dropped), pending: 0 });
    expect(Object.keys(dropped).filter((reason) => reason !== 'superseded')).toEqual([]);
  }

  #events({ request }: Sent): SentEvent[] {
    return JSON.parse(request.headers!['x-events']!) as SentEvent[];
  }

  #called(trait: string, value: number, id: string): void {
    if (value >= (this.lastCalls.get(trait)?.value ?? -Infinity)) this.lastCalls.set(trait, { value, id });
  }

  #reply(events: readonly SentEvent[], { kind, afterMs, isAppliedFirst }: Reply) {
    const result = (): AttemptResult => {
      if (kind === 'reset') return { failure: 'ECONNRESET' };
      if (kind !== 'named') return answer(kind);
      const named = events.map(({ id }, i): [string, Outcome] => [
        id,
        { kind: i % 2 === 0 ? 'retry' : 'delivered' },
      ]);
      return answer(200, JSON.stringify(named));
    };
    const taken = kind === 'named' ? events.filter((_, i) => i % 2 === 1) : events;
    // A request with an unknown outcome may have been applied, too.
    const isAcknowledged = kind === 200 || kind === 'named';
    const isApplied = isAcknowledged || ((kind === 500 || kind === 'reset') && isAppliedFirst);
    if (isApplied && isAppliedFirst) this.#apply(taken, isAcknowledged);
    else if (isApplied) this.lane.clock.after(afterMs, () => this.#apply(taken, isAcknowledged));
    return { result: result(), afterMs };
  }

  #apply(events: readonly SentEvent[], isAcknowledged: boolean): void {
    for (const event of events) {
      const value = this.calls.get(event.id);
      if (value === undefined) continue;
      const ids = [event.userId, event.anonymousId, event.previousId, event.groupId];
      for (const id of isAcknowledged ? ids : []) {
        if (id !== undefined) this.acknowledged.set(id, [...(this.acknowledged.get(id) ?? []), value]);
      }
      if (event.type === 'alias') continue;
      for (const name of Object.keys(event.properties)) {
        const trait = traitOf(event.type, event, name);
        this.values.set(trait, value);
        if (!isAcknowledged || name === '#') continue;
        if (value < (this.#acknowledgedValues.get(trait) ?? -Infinity)) this.overwritten.push(trait);
        this.#acknowledgedValues.set(trait, value);
      }
    }
  }
}

function traitOf(
  type: string,
  { userId, anonymousId, groupId }: Partial<TrackingEvent>,
  name: string,
): string {
  return `${type === 'group' ? groupId : (userId ?? anonymousId)} ${name}`;
}

describe('with any calls and answers', () => {
  test('the platform gets the calls about one person or group in their order, each until it is accepted', () => {
    const kinds = replies(200, 200, 429, 500, 503, 'reset');
    fc.assert(
      fc.property(shape, steps(fc.constant(0)), kinds, (lane, calls, answers) => {
        const world = new World(lane, answers);
        for (const step of calls) world.take(step);
        world.end();
        for (const [id, order] of world.acknowledged) {
          expect({ id, order }).toEqual({ id, order: order.toSorted((a, b) => a - b) });
        }
        expect(world.lane.ledger.dead).toBe(0);
        const isJoined = calls.some(({ type, who }) => type === 'alias' && who.anonymousId !== undefined);
        for (const [trait, { value }] of world.lastCalls) {
          // The visitor is the other person from then on.
          if (!isJoined || !trait.startsWith('v-1 '))
            expect({ trait, value: world.values.get(trait) }).toEqual({ trait, value });
        }
      }),
      RUNS,
    );
  });

  test('no older value overwrites a newer one, also if it is late, is rejected, or has its own outcome', () => {
    const kinds = replies(200, 200, 400, 401, 429, 500, 503, 'reset', 'named');
    fc.assert(
      fc.property(shape, steps(fc.constantFrom(0, 0, 1, 5)), kinds, (lane, calls, answers) => {
        const world = new World(lane, answers);
        for (const step of calls) world.take(step);
        world.end();
        expect(world.overwritten).toEqual([]);
        const dead = new Set(world.lane.deadIds);
        // A late call under the browser's id alone loses what a newer one of the person has set, and the other way round.
        if (calls.some(({ who }) => who.userId === undefined)) return;
        for (const [trait, { value, id }] of world.lastCalls) {
          if (!dead.has(id)) expect({ trait, value: world.values.get(trait) }).toEqual({ trait, value });
        }
      }),
      RUNS,
    );
  });

  test('no track waits for a call about a person', () => {
    fc.assert(
      fc.property(shape, steps(fc.constant(0)), replies(200), ({ maxEvents }, calls, answers) => {
        const world = new World({ maxEvents, concurrency: 1_000 }, answers);
        for (const step of calls) world.take(step);
        world.end();
        const sentAt = new Map(world.lane.sent.flatMap(({ ids, at }) => ids.map((id) => [id, at] as const)));
        for (const [id, givenAt] of world.tracks) expect(sentAt.get(id)).toBe(givenAt);
      }),
      RUNS,
    );
  });
});
