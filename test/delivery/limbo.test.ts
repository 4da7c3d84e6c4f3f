import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../lib/destinations/destination.js';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import { answer, LaneBench, OK } from '../support/a-lane.js';
import { lettersOf } from '../support/letters-of.js';

const CALM = { batch: { maxEvents: 10, maxDelayMs: 0 }, concurrency: 1 };

/** Removes the whole text. */
function emptied(batch: readonly LaneEvent[]): LaneEvent[] {
  return (batch as LaneEvent[]).splice(0);
}

describe('no event is left in limbo', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;

  test.each<[string, unknown, string]>([
    ['an object', { code: 17, message: 'no hunter2', key: 'hunter2' }, '200 17: no ***'],
    ['a number', 17, '200'],
    ['null', null, '200'],
    ['a symbol', Symbol('no'), '200'],
    ['a circle', circle, '200'],
  ])('when the detail of a rejection is %s', async (_, detail, kept) => {
    const it: LaneBench = new LaneBench({
      destination: {
        ...CALM,
        secrets: ['hunter2'],
        decode: (__, batch) =>
          new Map<string, Outcome>([
            [batch[0]!.event.id, { kind: 'rejected', detail } as Outcome],
            [batch[1]!.event.id, { kind: 'delivered' }],
          ]),
      },
    });
    it.give(3);
    it.clock.advance(1_000);
    expect(it.ledger).toMatchObject({ delivered: 2, dead: 1, pending: 0 });
    expect((await lettersOf(it.buffer, 'shop'))[0]!.answer).toBe(kept);
  });

  test('when encode() empties the array that it is given', () => {
    const it = new LaneBench({
      destination: {
        ...CALM,
        encode: (batch) => ({
          method: 'POST',
          url: 'http://shop.example',
          body: JSON.stringify(emptied(batch).map(({ event }) => event.id)),
        }),
      },
    });
    it.give(5);
    it.clock.advance(1_000);
    expect(it.ledger).toMatchObject({ delivered: 5, pending: 0 });
  });

  test('when decode() empties the array that it is given', () => {
    const it = new LaneBench({
      destination: {
        ...CALM,
        decode: (_, batch) => void emptied(batch),
      },
    });
    it.give(5);
    it.clock.advance(1_000);
    expect(it.ledger).toMatchObject({ delivered: 5, pending: 0 });
  });

  test('when our own code fails at the end of an attempt: it leaves a trace, and the batch is retried after a pause', () => {
    const it = new LaneBench({ destination: CALM });
    const settle = it.buffer.settle.bind(it.buffer);
    let failures = 2;
    it.buffer.settle = (...args) => {
      if (failures-- > 0) throw new Error('unforeseen');
      settle(...args);
    };
    const ids = it.give(3);
    it.clock.advance(400);
    expect(it.sent).toHaveLength(1);
    it.give(2);
    it.clock.advance(60_000);
    expect(it.sent[2]!.ids).toEqual(ids);
    expect(it.ledger).toMatchObject({ delivered: 5, pending: 0 });
    expect(it.log.faults.internal).toBe(2);
    expect(it.spoken.errors).toEqual([expect.stringContaining('settling a batch')]);
  });

  test.each<[string, AttemptResult, object]>([
    ['was taken', OK.result, { dead: 3, delivered: 0 }],
    ['was perhaps taken', { failure: 'ECONNRESET' }, { dead: 3, delivered: 0 }],
    ['was not taken', answer(429), { dead: 0, delivered: 3 }],
    ['was not sent', { failure: 'ECONNREFUSED' }, { dead: 0, delivered: 3 }],
  ])(
    'and a request that %s must not be sent twice: it is sent again only if it certainly may',
    (_, result, counts) => {
      let failures = 1;
      const it = new LaneBench({
        destination: { ...CALM, onUnknown: 'dead' },
        telemetry: {
          attempted: () => {
            if (failures-- > 0) throw new Error('unforeseen');
          },
          delivered: () => undefined,
        },
      });
      it.platform = () => ({ result: it.sent.length === 1 ? result : answer(200), afterMs: 1 });
      it.give(3);
      it.clock.advance(60_000);
      expect(it.ledger).toMatchObject({ ...counts, pending: 0 });
      expect(it.sent).toHaveLength(it.ledger.dead > 0 ? 1 : 2);
      expect(it.log.faults.internal).toBe(1);
    },
  );

  test('when our own code fails as it sends a request: it leaves a trace, and the batch is retried', () => {
    let broken = true;
    const it = new LaneBench({ destination: CALM });
    it.platform = () => {
      if (broken) throw new Error('unforeseen');
      return OK;
    };
    it.give(3);
    it.clock.advance(10_000);
    broken = false;
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 3, pending: 0 });
    expect(it.log.faults.internal).toBeGreaterThan(0);
    expect(it.spoken.errors[0]).toContain('sending a batch');
  });

  test('after an internal error before an attempt: it leaves a trace, and the lane continues later', () => {
    const it = new LaneBench({ destination: CALM });
    const lease = it.buffer.lease.bind(it.buffer);
    let failures = 1;
    it.buffer.lease = (...args) => {
      if (failures-- > 0) throw new TypeError('unforeseen');
      return lease(...args);
    };
    it.give(3);
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 3, pending: 0 });
    expect(it.log.faults.internal).toBe(1);
    expect(it.spoken.errors).toEqual([expect.stringContaining('starting attempts')]);
  });

  test('when our own code fails while a flush is judged: it leaves a trace, and the flush ends later', () => {
    const it = new LaneBench({ destination: CALM });
    const firstPosition = it.buffer.firstPosition.bind(it.buffer);
    let failures = 1;
    it.buffer.firstPosition = (lane) => {
      if (failures-- > 0) throw new TypeError('unforeseen');
      return firstPosition(lane);
    };
    it.give(3);
    let isFlushed = false;
    it.lane.flush(() => {
      isFlushed = true;
    });
    it.clock.advance(60_000);
    expect(isFlushed).toBe(true);
    expect(it.ledger).toMatchObject({ delivered: 3, pending: 0 });
    expect(it.log.faults.internal).toBe(1);
    expect(it.spoken.errors).toEqual([expect.stringContaining('ending a flush')]);
  });

  test.each(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'])(
    'when no request can be made of it (%s): after a success only the event whose fault it is is given up',
    async (failure) => {
      const it = new LaneBench({ destination: { ...CALM, concurrency: 4 } });
      it.give(1);
      it.clock.advance(1_000);
      const ids = it.give(10);
      it.platform = (sent) =>
        sent.ids.includes(ids[6]!) ? { result: { failure }, afterMs: 1 } : { result: answer(200) };
      it.clock.advance(1_000);
      expect(it.ledger).toMatchObject({ delivered: 10, dead: 1, pending: 0 });
      expect(await lettersOf(it.buffer, 'shop')).toMatchObject([
        { event: { id: ids[6] }, reason: 'encode_error', answer: failure, attempts: 0 },
      ]);
      expect(it.spoken.errors).toHaveLength(1);
      expect(it.lane.state.attempts).toBe(it.sent.filter(({ ids: of }) => !of.includes(ids[6]!)).length);
    },
  );

  test('when no request can be made of anything: the lane parks and probes, and resumes with the first one', () => {
    const it = new LaneBench({ destination: { ...CALM, concurrency: 4 } });
    it.platform = () => ({ result: { failure: 'UND_ERR_INVALID_ARG' }, afterMs: 1 });
    const ids = it.give(25);
    it.clock.advance(3_600_000);
    expect(it.lane.state.parked).toBe('misconfigured');
    expect(it.ledger).toMatchObject({ pending: 25, dead: 0 });
    expect(it.lane.state.attempts).toBe(0);
    expect(it.sent.length).toBeLessThan(90);
    it.platform = () => OK;
    it.clock.advance(60_000);
    expect(it.lane.state.parked).toBeNull();
    expect(it.ledger).toMatchObject({ delivered: ids.length, pending: 0 });
  });
});

describe('an event that the platform wants later', () => {
  test.each([
    ['in seconds', '60', undefined, 60_000],
    ['as a date', 'Thu, 01 Jan 2026 00:01:30 GMT', undefined, 90_000],
    ['not at all', undefined, undefined, 0],
    ['for each event, which counts first', '60', 5_000, 5_000],
  ])('is sent after the time of the answer: %s', (_, retryAfter, afterMs, leastMs) => {
    const it: LaneBench = new LaneBench({
      destination: {
        ...CALM,
        decode: (__, batch) =>
          it.sent.length === 1 ? new Map([[batch[0]!.event.id, { kind: 'retry', afterMs }]]) : undefined,
      },
    });
    it.platform = () => ({
      result: answer(200, '', {
        date: 'Thu, 01 Jan 2026 00:00:00 GMT',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      }),
    });
    const [later] = it.give(2);
    it.clock.advance(120_000);
    expect(it.ledger).toMatchObject({ delivered: 2, pending: 0 });
    expect(it.sent[1]!.ids).toEqual([later]);
    const pause = it.sent[1]!.at - it.sent[0]!.at;
    expect(pause).toBeGreaterThanOrEqual(leastMs);
    expect(pause).toBeLessThan(leastMs + 2_000);
  });

  test('is no probe before its time, and a lane that has nothing else sleeps', () => {
    const it: LaneBench = new LaneBench({
      destination: {
        ...CALM,
        decode: ({ status }, batch) =>
          it.sent.length === 1 && status === 200
            ? new Map(batch.map(({ event }) => [event.id, { kind: 'retry', afterMs: 60_000 } as const]))
            : undefined,
      },
    });
    const early = it.give(3);
    it.clock.advance(20);
    it.platform = ({ ids }) => ({ result: answer(ids.some((id) => early.includes(id)) ? 200 : 401) });
    const [refused] = it.give(1);
    it.clock.advance(10_000);
    expect(it.lane.state.parked).toBe('unauthorized');
    expect(it.sent.slice(1).every(({ ids }) => ids[0] === refused)).toBe(true);
    // The lane resumes with the one event that may be sent; the others still have their time.
    it.platform = () => OK;
    it.clock.advance(30_000);
    expect(it.lane.state.parked).toBeNull();
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 3 });
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 4, pending: 0 });
    expect(Math.min(...it.sent.filter(({ ids }) => ids.includes(early[0]!)).slice(1).map(({ at }) => at))) // prettier-ignore
      .toBeGreaterThanOrEqual(it.sent[0]!.at + 60_000);
  });

  test('does not keep a process alive whose lane is parked', () => {
    const it: LaneBench = new LaneBench({
      destination: {
        ...CALM,
        maxAgeMs: 20_000,
        decode: ({ status }, batch) =>
          it.sent.length === 1 && status === 200
            ? new Map(batch.map(({ event }) => [event.id, { kind: 'retry', afterMs: 60_000 } as const]))
            : undefined,
      },
      retry: { maxDelayMs: 1_000 },
    });
    it.give(3, { timestamp: it.clock.now() + 1_000_000 });
    it.clock.advance(20);
    it.platform = () => ({ result: answer(401) });
    it.give(1);
    // The one that was refused grows too old; only those that the platform wants later are left.
    it.clock.advance(30_000);
    expect(it.lane.state.parked).toBe('unauthorized');
    expect(it.ledger).toMatchObject({ pending: 3, dropped: { expired: 1 } });
    expect(it.clock.holdsProcess).toBe(false);
    it.clock.advance(30_100);
    expect(it.sent.at(-1)!.ids).toHaveLength(1);
  });
});

test('a lane that stops and continues repeatedly is logged at most once a minute', () => {
  const it = new LaneBench({ destination: CALM, retry: { maxDelayMs: 500 } });
  for (let i = 0; i < 10; i++) {
    it.platform = () => ({ result: answer(401), afterMs: 1 });
    it.give(1);
    it.clock.advance(1_000);
    it.platform = () => OK;
    it.clock.advance(1_000);
  }
  for (let i = 0; i < 10; i++) {
    it.platform = () => ({ result: answer(429, '', { 'retry-after': '0.5' }), afterMs: 1 });
    it.give(1);
    it.clock.advance(1_000);
    it.platform = () => OK;
    it.clock.advance(1_000);
  }
  expect(it.ledger.delivered).toBe(20);
  expect(it.spoken.infos).toEqual([
    "Destination 'shop' delivers again.",
    "Destination 'shop' answers again.",
  ]);
  it.clock.advance(60_000);
  it.platform = () => ({ result: answer(429, '', { 'retry-after': '0.5' }), afterMs: 1 });
  it.give(1);
  it.clock.advance(1_000);
  it.platform = () => OK;
  it.clock.advance(1_000);
  expect(it.spoken.infos.at(-1)).toBe(
    "Destination 'shop' answers again. 9 similar lines were omitted since the last one.",
  );
});
