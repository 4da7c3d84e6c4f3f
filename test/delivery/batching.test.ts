import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { LaneBench } from '../support/a-lane.js';
import { anEvent } from '../support/an-event.js';

/** A request of whole events, as most platforms take them. */
function encode(batch: readonly LaneEvent[]) {
  return {
    method: 'POST' as const,
    url: 'http://shop.example',
    body: JSON.stringify(batch.map(({ event }) => event.properties)),
  };
}

function idsOf(body: unknown): string[] {
  return (JSON.parse(String(body)) as { id: string }[]).map(({ id }) => id);
}

const bench = (batch: { maxEvents?: number; maxBytes?: number; maxDelayMs?: number }, concurrency = 1) =>
  new LaneBench({ destination: { batch, concurrency } });

describe('a batch is cut', () => {
  test('as soon as it has enough events', () => {
    const { lane, clock, sent, ...b } = withGive(bench({ maxEvents: 3, maxDelayMs: 60_000 }));
    b.give(2);
    clock.run();
    expect(sent).toHaveLength(0);
    const [third] = b.give(1);
    clock.run();
    expect(sent.map(({ ids }) => ids.length)).toEqual([3]);
    expect(sent[0]!.ids.at(-1)).toBe(third);
    expect(lane.state.attempts).toBe(1);
  });

  test('as soon as it has enough bytes', () => {
    const it = bench({ maxEvents: 500, maxBytes: 1_000, maxDelayMs: 60_000 });
    it.give(3, {}, 300);
    it.clock.run();
    expect(it.sent).toHaveLength(0);
    it.give(1, {}, 300);
    it.clock.run();
    expect(it.sent.map(({ ids }) => ids.length)).toEqual([3]);
  });

  test('as soon as its first event has waited long enough, with any later events', () => {
    const it = bench({ maxEvents: 500, maxDelayMs: 1_000 });
    it.give(1);
    for (let i = 0; i < 9; i++) {
      it.clock.advance(100);
      it.give(1);
    }
    it.clock.advance(99);
    expect(it.sent).toHaveLength(0);
    it.clock.advance(1);
    expect(it.sent.map(({ ids }) => ids.length)).toEqual([10]);
  });

  test('when the application flushes, and not for later events', () => {
    const it = bench({ maxEvents: 500, maxDelayMs: 60_000 });
    const before = it.give(2);
    let done = 0;
    it.lane.flush(() => done++);
    const after = it.give(1);
    it.clock.advance(1_000);
    expect(done).toBe(1);
    expect(it.sent.map(({ ids }) => ids)).toEqual([[...before, ...after]]); // one request: company is welcome
    it.give(1);
    it.clock.advance(1_000);
    expect(it.sent).toHaveLength(1);
  });

  test('in turns, so that a burst does not block the event loop', () => {
    const it = bench({ maxEvents: 100, maxDelayMs: 0 }, 16);
    it.platform = () => null;
    it.give(1_000);
    const turns: number[] = [];
    const soon = it.clock.soon.bind(it.clock);
    it.clock.soon = (fn) =>
      soon(() => {
        const before = it.sent.length;
        fn();
        turns.push(it.sent.length - before);
      });
    it.give(1);
    it.clock.run();
    expect(it.sent.flatMap(({ ids }) => ids)).toHaveLength(1_001);
    expect(Math.max(...turns)).toBeLessThanOrEqual(2);
  });

  test('with the events of one part only', () => {
    const it = new LaneBench({
      destination: {
        batch: { maxDelayMs: 0 },
        partition: ({ event }) => event.userId!,
      },
    });
    for (const userId of ['a', 'a', 'b', 'a', 'a', 'a']) it.give(1, { userId });
    it.clock.advance(1_000);
    expect(it.sent.map(({ ids }) => ids.length).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(it.ledger.delivered).toBe(6);
  });

  test('with few requests for calls that alternate and go to different endpoints', () => {
    const it = new LaneBench({
      destination: { batch: { maxDelayMs: 0 }, partition: ({ event }) => event.type },
    });
    const order: string[] = [];
    for (let n = 0; n < 100; n++) {
      order.push(...it.give(1, { type: 'identify', name: 'identify', userId: `user ${n % 7}` }));
      it.give(2, { userId: `user ${n % 7}` });
    }
    it.clock.advance(1_000);
    expect(it.ledger.delivered).toBe(300);
    expect(it.sent.length).toBeLessThan(10);
    const calls = new Set(order);
    expect(it.sent.flatMap(({ ids }) => ids).filter((id) => calls.has(id))).toEqual(order);
  });

  test('of a single event without a partition', () => {
    const it = new LaneBench({
      destination: {
        batch: { maxDelayMs: 0 },
        partition: ({ event }) => {
          if (event.name === 'Odd') throw new Error('no part');
          return 'all';
        },
      },
    });
    it.give(2);
    it.give(2, { name: 'Odd' });
    it.give(2);
    it.clock.advance(1_000);
    expect(it.sent.map(({ ids }) => ids.length)).toEqual([2, 1, 1, 2]);
  });

  test('not at all without events, and without a timer that waits for nothing', () => {
    const it = bench({});
    it.clock.advance(3_600_000);
    expect(it.sent).toHaveLength(0);
    expect(it.clock.timers).toBe(0);
    it.give(3);
    it.clock.advance(10_000);
    expect(it.ledger.delivered).toBe(3);
    expect(it.clock.timers).toBe(0);
  });
});

describe('for any sizes and limits', () => {
  const sizes = fc.array(
    fc.record({
      size: fc.nat(400),
      part: fc.nat(2),
      waitMs: fc.nat(30),
      unit: fc.constantFrom('x', 'ü', '🧀'),
    }),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  const limits = fc.record({
    maxEvents: fc.integer({ min: 1, max: 12 }),
    maxBytes: fc.integer({ min: 60, max: 2_000 }),
    maxDelayMs: fc.nat(50),
    concurrency: fc.integer({ min: 1, max: 4 }),
    partitioned: fc.boolean(),
    latencyMs: fc.nat(40),
  });

  test('no event is lost, doubled, over a limit or in the wrong company', () => {
    fc.assert(
      fc.property(
        sizes,
        limits,
        (events, { maxEvents, maxBytes, maxDelayMs, concurrency, partitioned, latencyMs }) => {
          const it = new LaneBench({
            destination: {
              encode,
              batch: { maxEvents, maxBytes, maxDelayMs },
              concurrency,
              ...(partitioned && { partition: ({ event }: LaneEvent) => event.userId! }),
            },
          });
          const bodies: string[] = [];
          it.platform = ({ request }) => {
            bodies.push(String(request.body));
            return {
              result: { answer: { status: 200, headers: {}, body: '', complete: true } },
              afterMs: latencyMs,
            };
          };
          const given = new Map<string, { bytes: number; part: string }>();
          for (const { size, part, waitMs, unit } of events) {
            const event = anEvent({ userId: `part ${part}` });
            (event as { properties: TrackingEvent['properties'] }).properties = {
              id: event.id,
              text: unit.repeat(size),
            };
            // As estimated: units, not bytes.
            it.buffer.offer(event, JSON.stringify(event.properties).length, [{ lane: 'shop' }]);
            given.set(event.id, {
              bytes: Buffer.byteLength(JSON.stringify([event.properties])),
              part: `part ${part}`,
            });
            it.clock.advance(waitMs);
          }
          it.clock.advance(maxDelayMs + 60 * latencyMs + 1_000);

          const unsendable = [...given].filter(([, { bytes }]) => bytes > maxBytes).map(([id]) => id);
          const arrived = bodies.flatMap(idsOf);
          expect(arrived.toSorted()).toEqual(
            [...given.keys()].filter((id) => !unsendable.includes(id)).toSorted(),
          );
          expect(it.deadIds.toSorted()).toEqual(unsendable.toSorted());
          for (const body of bodies) {
            const ids = idsOf(body);
            expect(ids.length).toBeLessThanOrEqual(maxEvents);
            expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes);
            if (partitioned) expect(new Set(ids.map((id) => given.get(id)!.part)).size).toBe(1);
          }
          expect(it.mostAtOnce).toBeLessThanOrEqual(concurrency);
          expect(it.ledger).toMatchObject({
            accepted: given.size,
            delivered: arrived.length,
            pending: 0,
            dead: unsendable.length,
          });
          expect(it.clock.timers).toBe(0);
        },
      ),
    );
  });
});

describe('a batch of which no request can be made', () => {
  test('is halved without a request, until only unsendable events are dead', () => {
    const it = new LaneBench({
      destination: {
        batch: { maxDelayMs: 0 },
        encode: (batch) => {
          if (batch.some(({ event }) => event.name === 'Bad')) throw new Error('cannot be written');
          return {
            method: 'POST',
            url: 'http://shop.example',
            body: JSON.stringify(batch.map(({ event }) => event.id)),
          };
        },
      },
    });
    const good = it.give(50);
    const bad = it.give(1, { name: 'Bad' });
    good.push(...it.give(49));
    it.clock.advance(1_000);
    expect(it.sent.flatMap(({ ids }) => ids).toSorted()).toEqual(good.toSorted());
    expect(it.buffer.deadLetters('shop')).toMatchObject([
      { event: { id: bad[0] }, reason: 'encode_error', attempts: 0 },
    ]);
    expect(it.lane.state.attempts).toBe(it.sent.length);
    expect(it.ledger).toMatchObject({ accepted: 100, delivered: 99, dead: 1, pending: 0 });
  });

  test('because it is larger than estimated is halved, and one event larger than the limit is dead', () => {
    const it = new LaneBench({
      destination: {
        batch: { maxBytes: 1_000, maxDelayMs: 0 },
        encode: (batch) => ({
          method: 'POST',
          url: 'http://shop.example',
          body: JSON.stringify(batch.map(({ event }) => event.id)).padEnd(
            batch.length * (batch[0]!.event.name === 'Big' ? 1_001 : 300),
          ),
        }),
      },
    });
    const [big] = it.give(1, { name: 'Big' }, 50);
    it.give(15, {}, 50);
    it.clock.advance(10_000);
    expect(
      Math.max(...it.sent.map(({ request }) => Buffer.byteLength(String(request.body)))),
    ).toBeLessThanOrEqual(1_000);
    expect(it.buffer.deadLetters('shop')).toMatchObject([{ event: { id: big }, reason: 'too_large' }]);
    expect(it.ledger).toMatchObject({ delivered: 15, dead: 1, pending: 0 });
  });

  test.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['a promise', () => Promise.resolve({ method: 'POST', url: 'http://shop.example' })],
    ['a promise that fails', () => Promise.reject(new Error('no'))],
    ['a text', () => 'http://shop.example'],
    ['a request without a URL', () => ({ method: 'POST' })],
  ])('because encode() returns %s is dead, and nothing is thrown', async (_, make) => {
    const it = new LaneBench({ destination: { batch: { maxDelayMs: 0 }, encode: make as never } });
    it.give(2);
    it.clock.advance(10_000);
    expect(it.ledger).toMatchObject({ dead: 2, pending: 0 });
    expect(it.sent).toHaveLength(0);
    await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would come now
  });
});

function withGive(it: LaneBench) {
  return { lane: it.lane, clock: it.clock, sent: it.sent, give: it.give.bind(it) };
}
