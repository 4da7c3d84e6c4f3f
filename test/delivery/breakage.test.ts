import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { answer, LaneBench, type Sent } from '../support/a-lane.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BATCHES = { batch: { maxEvents: 100, maxDelayMs: 0 }, concurrency: 2 };

/** A platform that the events of a set break. */
function broken(
  it: LaneBench,
  poison: ReadonlySet<string>,
  how: AttemptResult = answer(500, 'half a character'),
): void {
  it.platform = ({ ids }) => ({ result: ids.some((id) => poison.has(id)) ? how : answer(200) });
}

/** Lets time pass while events come in, and are taken. */
function live(it: LaneBench, ms: number, everyMs = 60 * SECOND): string[] {
  const given: string[] = [];
  for (let passed = 0; passed < ms; passed += everyMs) {
    given.push(...it.give(1));
    it.clock.advance(everyMs);
  }
  return given;
}

describe.each([
  ['a 500', answer(500, 'half a character'), '500: 16 bytes'],
  ['a 503', answer(503), '503'],
  ['a reset', { failure: 'ECONNRESET' }, 'ECONNRESET'],
])('an event that breaks its platform, with %s,', (_, how, kept) => {
  test('costs only itself: the others of its batch are delivered, and it is a dead letter after a day', () => {
    const it = new LaneBench({ destination: BATCHES });
    const ids = it.give(100);
    const poison = ids[37]!;
    broken(it, new Set([poison]), how);
    live(it, HOUR, 10 * SECOND);
    expect(it.idsOf('delivered')).toEqual(expect.arrayContaining(ids.filter((id) => id !== poison)));
    expect(it.ledger).toMatchObject({ pending: 1, dead: 0 });
    // Found with few requests.
    expect(it.sent.filter((sent) => sent.ids.length > 1).length).toBeLessThan(60);
    live(it, 22 * HOUR);
    expect(it.ledger).toMatchObject({ pending: 1, dead: 0 });
    live(it, 2 * HOUR);
    expect(it.deadIds).toEqual([poison]);
    expect(it.buffer.deadLetters('shop')).toMatchObject([{ reason: 'refused', answer: kept }]);
    // Once a minute at most.
    expect(it.sent.filter((sent) => sent.ids.includes(poison)).length).toBeLessThan(26 * 120);
  });
});

test.each([
  ['a 400', answer(400, 'temporary')],
  ['a 200', answer(200, 'temporary')],
])('an event for which an error code inside %s asks to try again costs only itself, too', (_, how) => {
  const decode: Destination['decode'] = ({ body }) => (body === 'temporary' ? 'retry' : undefined);
  const it = new LaneBench({ destination: { ...BATCHES, decode } });
  const ids = it.give(100);
  broken(it, new Set([ids[37]!]), how);
  live(it, HOUR, 10 * SECOND);
  expect(it.ledger).toMatchObject({ pending: 1, dead: 0 });
  live(it, 26 * HOUR);
  expect(it.deadIds).toEqual([ids[37]]);
});

test.each([408, 429])('a status of %i is never the fault of an event', (status) => {
  const it = new LaneBench({ destination: BATCHES });
  const ids = it.give(100);
  broken(it, new Set([ids[37]!]), answer(status));
  live(it, 30 * HOUR);
  expect(it.ledger).toMatchObject({ pending: 100, dead: 0 });
});

test('an event that breaks its platform stays pending if nothing else is sent', () => {
  const it = new LaneBench({ destination: BATCHES });
  const ids = it.give(100);
  broken(it, new Set([ids[3]!]));
  it.clock.advance(3 * DAY);
  expect(it.ledger).toMatchObject({ pending: 100, dead: 0 });
  expect(new Set(it.sent.map((sent) => sent.ids.length))).toEqual(new Set([100]));
});

test('an event that breaks its platform is a dead letter also if it expires before the day is over', () => {
  const it = new LaneBench({ destination: BATCHES, retry: { maxAgeMs: HOUR } });
  const ids = it.give(10);
  broken(it, new Set([ids[3]!]));
  live(it, 2 * HOUR);
  expect(it.deadIds).toEqual([ids[3]]);
  expect(it.ledger).toMatchObject({ pending: 0, dropped: { expired: 0 } });
});

test('a hundred events that break their platform leave the lane to the others, and a flush does not wait for them', () => {
  const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 4 } });
  const poison = new Set<string>();
  broken(it, poison);
  const good: string[] = [];
  for (let i = 0; i < 100; i++) {
    poison.add(it.give(1)[0]!);
    good.push(...it.give(9));
    it.clock.advance(SECOND);
  }
  live(it, HOUR);
  expect(it.ledger).toMatchObject({ pending: 100, dead: 0 });
  const from = it.sent.length;
  const more = live(it, HOUR);
  expect(it.idsOf('delivered')).toEqual(expect.arrayContaining([...good, ...more]));
  // Four a second at most.
  expect(it.sent.length - from).toBeLessThan(4 * 3_600 + more.length + 10);
  let flushed = false;
  it.lane.flush(() => (flushed = true));
  it.clock.advance(100);
  expect(flushed).toBe(true);
  const last = it.give(1);
  it.clock.advance(100);
  expect(it.idsOf('delivered')).toEqual(expect.arrayContaining(last));
});

test('events that break their platform in every full batch do not delay others', () => {
  const it = new LaneBench({ destination: { batch: { maxEvents: 100, maxDelayMs: 0 }, concurrency: 4 } });
  const ids = it.give(2_000);
  const poison = new Set(ids.filter((_, index) => index % 50 === 0));
  broken(it, poison);
  const good = [...ids.filter((id) => !poison.has(id)), ...live(it, HOUR)];
  expect(it.idsOf('delivered')).toHaveLength(good.length);
  expect(it.ledger).toMatchObject({ pending: poison.size, dead: 0 });
});

test('more events that break their platform than memory has room for become dead letters, so that others are sent', () => {
  const it = new LaneBench({
    destination: { batch: { maxEvents: 10, maxDelayMs: 0 }, concurrency: 4 },
    buffer: { maxBytes: 400_000 },
  });
  const poison = new Set<string>();
  broken(it, poison);
  let good = 0;
  for (let i = 0; i < 400; i++) {
    poison.add(it.give(1)[0]!);
    for (let n = 0; n < 19; n++) {
      good += it.give(1).length;
      it.clock.advance(SECOND);
    }
  }
  expect(it.ledger).toMatchObject({ delivered: good, dropped: {} });
  expect(it.ledger.dead).toBeGreaterThan(0);
  expect(it.deadIds.every((id) => poison.has(id))).toBe(true);
  // As many as there is room for are tried for their day.
  expect(it.ledger.pending).toBeGreaterThan(100);
});

const outage = fc.record({
  afterMs: fc.integer({ min: 1, max: 6 * HOUR }),
  forMs: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 12 * HOUR })),
  with: fc.constantFrom<AttemptResult>(
    answer(500),
    answer(503),
    answer(429),
    answer(503, '', { 'retry-after': '30' }),
    { failure: 'ECONNRESET' },
    { failure: 'ECONNREFUSED' },
    { failure: 'timeout' },
  ),
});

test('with any outages, only events that break the platform become dead letters, only after a day of successes of others, and all others are delivered', () => {
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 1, max: 40 }),
        poison: fc.option(fc.nat(), { nil: undefined }),
        random: fc.double({ min: 0, max: 1, noNaN: true }),
        concurrency: fc.constantFrom(1, 4),
      }),
      fc.array(outage, { maxLength: 4 }),
      ({ batch, poison: which, random, concurrency }, outages) => {
        const it = new LaneBench({
          destination: { batch: { maxEvents: 20, maxDelayMs: 0 }, concurrency },
          random: () => random,
        });
        const ids = it.give(batch);
        const poison = which === undefined ? undefined : ids[which % batch];
        const took = new Set<string>();
        let down: AttemptResult | undefined;
        let wellMs = 0;
        it.platform = ({ ids: sent }: Sent) => {
          const result = down ?? (poison !== undefined && sent.includes(poison) ? answer(500) : answer(200));
          if (down === undefined && (poison === undefined || !sent.includes(poison)))
            for (const id of sent) took.add(id);
          return { result };
        };
        const given = [...ids];
        const pass = (ms: number): void => {
          const from = it.sent.length;
          given.push(...live(it, ms, Math.max(1, ms / 60)));
          // What comes in, once a minute what fails, and the rounds of each recovery.
          expect(it.sent.length - from).toBeLessThan(60 + 3 * (ms / 60_000) + 200);
          if (down === undefined) wellMs += ms;
          // An outage counts as an hour at most.
          if (wellMs + outages.length * HOUR < DAY) expect(it.deadIds).toEqual([]);
        };
        for (const each of outages) {
          pass(each.afterMs);
          down = each.with;
          pass(each.forMs);
          down = undefined;
        }
        pass(2 * DAY);
        expect(it.deadIds).toEqual(poison === undefined ? [] : [poison]);
        expect(given.filter((id) => id !== poison && !took.has(id))).toEqual([]);
        expect(it.ledger).toMatchObject({ pending: 0, dead: poison === undefined ? 0 : 1 });
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
});
