import { describe, expect, test } from '@jest/globals';
import { answer, LaneBench, OK, type Platform } from '../support/a-lane.js';

const DOWN = { result: { failure: 'ECONNREFUSED' }, afterMs: 1 };
const CALM = { batch: { maxEvents: 10, maxDelayMs: 0 }, concurrency: 1 };

/** A platform that gives these answers in turn, and the last one for ever. */
function inTurn(...replies: ReturnType<Platform>[]): Platform {
  return () => (replies.length > 1 ? replies.shift()! : replies[0]!);
}

describe.each([500, 502, 503, 504, 599, 408, 429])('a %i', (status) => {
  test('is tried again with the same events, until it is taken', () => {
    const it = new LaneBench({ destination: CALM });
    it.platform = inTurn({ result: answer(status) }, { result: answer(status) }, OK);
    const ids = it.give(3);
    it.clock.advance(60_000);
    expect(it.sent.map((sent) => sent.ids)).toEqual([ids, ids, ids]);
    expect(it.ledger).toMatchObject({ delivered: 3, dead: 0, pending: 0 });
    expect({ attempts: it.lane.state.attempts, retries: it.lane.state.retries }).toEqual({
      attempts: 3,
      retries: 2,
    });
    expect(it.idsOf('retrying').toSorted()).toEqual([...ids, ...ids].toSorted());
    expect(it.idsOf('delivered')).toEqual(ids);
  });
});

describe('the pauses between attempts', () => {
  test.each([
    ['longest', 1, [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 63_500, 123_500, 183_500]],
    ['shortest', 0, [0, 250, 750, 1_750, 3_750, 7_750, 15_750, 31_750, 61_750, 91_750]],
  ])('double from half a second to a minute, and are at their %s for a random %i', (_, random, expected) => {
    const it = new LaneBench({ destination: CALM, random: () => random });
    it.platform = () => DOWN;
    it.give(1);
    it.clock.advance(185_000);
    // Each attempt takes a millisecond to fail.
    expect(it.times.slice(0, 10)).toEqual(expected.map((at, i) => at + i));
  });

  test('lie between the limits, and never outside', () => {
    const it = new LaneBench({
      destination: CALM,
      random: Math.random,
      retry: { minDelayMs: 100, maxDelayMs: 400 },
    });
    it.platform = () => DOWN;
    it.give(1);
    it.clock.advance(60_000);
    const pauses = it.times.slice(1).map((at, i) => at - it.times[i]! - 1);
    pauses.forEach((pause, i) => {
      const full = Math.min(100 * 2 ** i, 400);
      expect(pause).toBeGreaterThanOrEqual(full / 2 - 0.001);
      expect(pause).toBeLessThanOrEqual(full + 0.001);
    });
    expect(new Set(pauses.slice(2).map(Math.round)).size).toBeGreaterThan(10);
  });

  test('begin anew after a success', () => {
    const it = new LaneBench({ destination: CALM });
    let down = true;
    it.platform = () => (down ? DOWN : OK);
    it.give(1);
    it.clock.advance(100_000);
    down = false;
    it.clock.advance(60_000);
    expect(it.ledger.delivered).toBe(1);
    down = true;
    it.give(1);
    const from = it.sent.length;
    it.clock.advance(1_600);
    expect(it.times.slice(from).map((at) => at - it.times[from]!)).toEqual([0, 501, 1_502]);
  });
});

describe('a failure', () => {
  test('on its own delays only its batch, while others go on', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 4 } });
    const [unlucky] = it.give(1);
    it.platform = ({ ids, at }) => (ids.includes(unlucky!) && at < it.sent[0]!.at + 400 ? DOWN : OK);
    for (let i = 0; i < 20; i++) {
      it.give(1);
      it.clock.advance(20);
    }
    expect(it.ledger).toMatchObject({ delivered: 20, pending: 1 });
    it.clock.advance(1_000);
    expect(it.ledger).toMatchObject({ delivered: 21, pending: 0 });
  });

  test('of the whole platform allows one attempt at a time, with growing pauses, for any number of events', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 32 } });
    it.platform = () => DOWN;
    it.give(1_000);
    it.clock.advance(5);
    const burst = it.sent.length;
    expect(burst).toBeLessThanOrEqual(64);
    it.clock.advance(30_000);
    expect(it.sent.length - burst).toBeLessThanOrEqual(10);
    expect(it.spoken.errors).toEqual([
      "Destination 'shop' is failing (ECONNREFUSED). Events are queued and retried. If this persists, check its URL, the platform's status page and the network path.",
    ]);
  });

  test('ends: then all that waited is delivered, each once, without a stampede', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 32 } });
    let down = true;
    it.platform = () => (down ? DOWN : OK);
    const ids = it.give(300);
    it.clock.advance(60_000);
    down = false;
    const from = it.sent.length;
    it.mostAtOnce = 0;
    it.clock.advance(60_000);
    expect(it.idsOf('delivered').toSorted()).toEqual(ids.toSorted());
    expect(it.sent.length - from).toBe(300);
    expect(it.mostAtOnce).toBeLessThanOrEqual(32);
    const perRoundTrip = new Map<number, number>();
    for (const { at } of it.sent.slice(from)) perRoundTrip.set(at, (perRoundTrip.get(at) ?? 0) + 1);
    expect([...perRoundTrip.values()].slice(0, 2)).toEqual([1, 2]);
    expect(it.spoken.infos).toEqual(["Destination 'shop' answers again."]);
  });

  test('that always affects the same batch does not delay others', () => {
    const it = new LaneBench({ destination: CALM });
    const [cursed] = it.give(1);
    it.platform = ({ ids }) => (ids.includes(cursed!) ? DOWN : OK);
    it.clock.advance(10_000);
    for (let i = 0; i < 30; i++) {
      it.give(10);
      it.clock.advance(1_000);
    }
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 300, pending: 1 });
  });
});

describe('Retry-After', () => {
  const busy = (value: string, status = 429, headers = {}) => ({
    result: answer(status, '', { 'retry-after': value, ...headers }),
    afterMs: 1,
  });

  test.each([429, 503, 500, 408])('of a %i pauses the whole lane, also during a flush', (status) => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 8 } });
    it.platform = inTurn(busy('120', status), OK);
    it.give(1);
    it.clock.advance(1);
    it.give(20);
    let flushed = false;
    it.lane.flush(() => (flushed = true));
    it.clock.run();
    expect(flushed).toBe(true);
    it.clock.advance(119_999);
    expect(it.sent).toHaveLength(1);
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 21, pending: 0 });
  });

  test('as a date is read against the answer’s own date, because clocks differ', () => {
    const it = new LaneBench({ destination: CALM });
    const theirs = it.clock.now() - 7 * 3_600_000; // seven hours behind
    const date = (ms: number) => new Date(ms).toUTCString();
    it.platform = inTurn(busy(date(theirs + 90_000), 503, { date: date(theirs) }), OK);
    it.give(1);
    it.clock.advance(90_000);
    expect(it.sent).toHaveLength(1);
    it.clock.advance(1_000);
    expect(it.ledger.delivered).toBe(1);
  });

  test.each([
    ['a year ahead', '31536000', 300_000],
    ['beyond all numbers', '1e400', 300_000],
    ['zero', '0', 250],
    ['negative', '-3600', 250],
    ['in the past', 'Thu, 01 Jan 1970 00:00:00 GMT', 250],
    ['no number and no date', 'soon', 250],
    ['empty', '', 250],
  ])('that is %s waits neither for ever nor not at all', (_, value, atLeast) => {
    const it = new LaneBench({ destination: CALM, random: () => 0 });
    it.platform = inTurn(busy(value), OK);
    it.give(1);
    it.clock.advance(atLeast);
    expect(it.sent).toHaveLength(1);
    it.clock.advance(1);
    expect(it.sent).toHaveLength(2);
  });

  test('never shortens a pause of an earlier answer', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 2 } });
    it.platform = inTurn(busy('200'), { ...busy('1'), afterMs: 5 }, OK);
    it.give(2);
    it.clock.advance(199_000);
    expect(it.sent).toHaveLength(2);
    it.clock.advance(10_000);
    expect(it.ledger.delivered).toBe(2);
  });

  test('is respected up to the application’s limit', () => {
    const it = new LaneBench({ destination: CALM, retry: { maxRetryAfterMs: 2_000 } });
    it.platform = inTurn(busy('3600'), OK);
    it.give(1);
    it.clock.advance(2_002);
    expect(it.sent).toHaveLength(2);
  });

  test('is a number of milliseconds by event if the platform answers so', () => {
    const it: LaneBench = new LaneBench({
      destination: {
        ...CALM,
        decode: (_, batch) => {
          const [first, ...others] = batch;
          return it.sent.length > 1
            ? undefined
            : new Map([
                [first!.event.id, { kind: 'retry', afterMs: 5_000 }],
                ...others.map(({ event }) => [event.id, { kind: 'retry' }] as const),
              ] as [string, { kind: 'retry'; afterMs?: number }][]);
        },
      },
    });
    it.give(3);
    it.clock.advance(60_000);
    expect(it.ledger.delivered).toBe(3);
    expect(it.times[1]).toBeGreaterThanOrEqual(5_010);
  });
});

describe('an answer that names events', () => {
  test('settles each by its own outcome, and those it does not name by the status', () => {
    const it = new LaneBench({
      destination: {
        ...CALM,
        batch: { maxEvents: 4, maxDelayMs: 0 },
        secrets: ['hunter2'],
        decode: (_, batch) => {
          const [a, b, c] = batch.map(({ event }) => event.id);
          if (it.sent.length > 1) return undefined;
          return new Map<string, never>([
            [a, { kind: 'delivered' }],
            [b, { kind: 'rejected', detail: 'the key hunter2 is not for this' }],
            [c, { kind: 'retry' }],
          ] as unknown as [string, never][]);
        },
      },
    });
    const [a, b, c, d] = it.give(4);
    it.clock.advance(60_000);
    expect(it.idsOf('delivered')).toEqual([a, d, c]);
    expect(it.buffer.deadLetters('shop')).toMatchObject([
      { event: { id: b }, reason: 'refused', attempts: 1, answer: '200: the key *** is not for this' },
    ]);
    expect(it.sent.map(({ ids }) => ids)).toEqual([[a, b, c, d], [c]]);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('odd');
      },
    ],
    ['returns a promise', () => Promise.reject(new Error('odd'))],
    ['returns a number', () => 5],
    ['returns an unknown word', () => 'fine'],
    ['returns an object that is no map', () => ({ a: { kind: 'retry' } })],
    ['returns outcomes that are none', () => new Map([['x', 5]])],
  ])('but cannot be read, because decode() %s, settles all by the status', async (_, decode) => {
    const it = new LaneBench({ destination: { ...CALM, decode: decode as never } });
    it.platform = inTurn({ result: answer(503) }, OK);
    it.give(3);
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 3, pending: 0, dead: 0 });
    await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would come now
  });

  test('and throws on a 200, or is cut in its middle, is delivered and counted as unverified', () => {
    for (const it of [
      new LaneBench({
        destination: {
          ...CALM,
          decode: () => {
            throw new Error('odd');
          },
        },
      }),
      new LaneBench({ destination: CALM }),
    ]) {
      it.platform = () => ({
        result: { answer: { status: 200, headers: {}, body: '{"o', complete: false } },
      });
      it.give(3);
      it.clock.advance(1_000);
      expect(it.ledger.delivered).toBe(3);
      expect(it.lane.state.unverified).toBe(3);
    }
  });

  test('with an outcome for the whole request has that outcome, with any status', () => {
    const words = ['retry', 'delivered'] as const;
    const it: LaneBench = new LaneBench({
      destination: { ...CALM, decode: () => words[it.sent.length - 1] },
    });
    it.platform = inTurn({ result: answer(200) }, { result: answer(500) });
    it.give(1);
    it.clock.advance(10_000);
    expect(it.sent).toHaveLength(2);
    expect(it.ledger.delivered).toBe(1);
    expect(it.lane.state.unverified).toBe(0);
  });
});

describe('only age ends the retries', () => {
  test('an event that waited longer than maxAgeMs is dropped as expired', () => {
    const it = new LaneBench({ destination: CALM, retry: { maxAgeMs: 3_600_000 } });
    it.platform = () => DOWN;
    it.give(3);
    it.clock.advance(1_800_000);
    it.give(2);
    it.clock.advance(1_799_000);
    expect(it.ledger).toMatchObject({ pending: 5, dropped: {} });
    it.clock.advance(200_000);
    expect(it.ledger).toMatchObject({ pending: 2, dropped: { expired: 3 } });
    expect(it.dropped.map(({ reason }) => reason)).toEqual(['expired', 'expired', 'expired']);
  });

  test('age is not measured by the wall clock, which may jump', () => {
    const it = new LaneBench({ destination: CALM, retry: { maxAgeMs: 3_600_000 } });
    it.platform = () => DOWN;
    it.give(1);
    it.clock.advance(1_000);
    it.clock.jump(100 * 86_400_000);
    it.clock.advance(600_000);
    expect(it.ledger.pending).toBe(1);
    it.clock.jump(-200 * 86_400_000);
    it.clock.advance(3_600_000);
    expect(it.ledger).toMatchObject({ pending: 0, dropped: { expired: 1 } });
  });

  test('without one, the retries of an event do not end', () => {
    const it = new LaneBench({ destination: CALM });
    it.platform = () => DOWN;
    it.give(1);
    it.clock.advance(30 * 86_400_000);
    expect(it.ledger.pending).toBe(1);
    it.platform = () => OK;
    it.clock.advance(60_000);
    expect(it.ledger.delivered).toBe(1);
  });

  test('a platform may take only events that happened lately', () => {
    const it = new LaneBench({ destination: { ...CALM, maxAgeMs: 86_400_000 } });
    it.give(1, { timestamp: it.clock.now() - 86_400_001 });
    it.give(1, { timestamp: it.clock.now() - 86_000_000 });
    it.clock.advance(1_000);
    expect(it.ledger).toMatchObject({ delivered: 1, dropped: { expired: 1 } });
  });
});
