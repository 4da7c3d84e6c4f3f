import { describe, expect, test } from '@jest/globals';
import { answer, LaneBench, OK } from '../support/a-lane.js';

const DOWN = { result: { failure: 'ECONNREFUSED' }, afterMs: 1 };
const ONE_BY_ONE = { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 1 };

describe('a lane', () => {
  test('with a concurrency of one starts attempts in order', () => {
    const it = new LaneBench({ destination: ONE_BY_ONE });
    const ids = it.give(20);
    it.clock.advance(10_000);
    expect(it.sent.map((sent) => sent.ids[0])).toEqual(ids);
  });

  test('never has more attempts in flight than its limit', () => {
    const it = new LaneBench({ destination: { ...ONE_BY_ONE, concurrency: 8 } });
    it.give(500);
    it.clock.advance(60_000);
    expect(it.mostAtOnce).toBe(8);
    expect(it.ledger.delivered).toBe(500);
  });

  test('does not work on the caller’s time: a call only sets a timer', () => {
    const it = new LaneBench({ destination: ONE_BY_ONE });
    it.give(5);
    expect(it.sent).toHaveLength(0);
  });

  test('keeps the process alive while events are pending, and not afterwards', () => {
    const it = new LaneBench({ destination: { batch: { maxDelayMs: 1_000 } } });
    it.give(1);
    expect(it.clock.holdsProcess).toBe(true);
    it.clock.advance(2_000);
    expect(it.clock.holdsProcess).toBe(false);
    it.platform = () => DOWN;
    it.give(1);
    it.clock.advance(30_000);
    expect(it.clock.holdsProcess).toBe(true);
  });

  test('keeps the process alive for an event that arrives while Retry-After pauses the lane', () => {
    const it: LaneBench = new LaneBench({
      destination: {
        ...ONE_BY_ONE,
        decode: (_, batch) => new Map(batch.map(({ event }) => [event.id, { kind: 'delivered' }])),
      },
    });
    it.platform = () => ({ result: answer(503, '', { 'retry-after': '60' }) });
    it.give(1);
    it.clock.advance(1_000);
    expect(it.ledger.pending).toBe(0);
    it.give(1);
    expect(it.clock.holdsProcess).toBe(true);
  });

  test('reports since when its oldest event is pending, in flight or not', () => {
    const it = new LaneBench({ destination: ONE_BY_ONE });
    expect(it.lane.state.oldestSince).toBeUndefined();
    it.platform = () => null;
    const since = it.clock.monotonic();
    it.give(1);
    it.clock.advance(100);
    it.give(1);
    expect(it.underWay).toBe(1);
    expect(it.lane.state.oldestSince).toBe(since);
  });

  test('warns once if more events arrive than it can deliver for a minute', () => {
    const it = new LaneBench({ destination: ONE_BY_ONE });
    it.platform = () => ({ ...OK, afterMs: 1_000 });
    for (let second = 0; second < 200; second++) {
      it.give(3);
      it.clock.advance(1_000);
    }
    expect(it.overCapacity).toHaveLength(1);
    expect(it.overCapacity[0]).toMatch(/'shop' received 3 events\/s for a minute and can deliver about 1\/s/);
    expect(it.lane.state.capacityPerSecond).toBe(1);
  });
});

describe('at the end', () => {
  test('events that wait for a retry are sent at once', () => {
    const it = new LaneBench({ destination: ONE_BY_ONE });
    it.platform = () => DOWN;
    it.give(3);
    it.clock.advance(60_000);
    it.platform = () => OK;
    it.lane.hurry();
    it.clock.advance(100);
    expect(it.ledger).toMatchObject({ delivered: 3, pending: 0 });
  });

  test('parking and Retry-After still apply', () => {
    for (const reply of [answer(401), answer(429, '', { 'retry-after': '200' })]) {
      const it = new LaneBench({ destination: ONE_BY_ONE });
      it.platform = () => ({ result: reply });
      it.give(3);
      it.clock.advance(20);
      const { length } = it.sent;
      it.lane.hurry();
      it.clock.advance(100);
      expect(it.sent).toHaveLength(length);
    }
  });

  test('every attempt is ended, and all that was not settled is the buffer’s again', async () => {
    const it = new LaneBench({ destination: { ...ONE_BY_ONE, concurrency: 4 } });
    it.platform = () => (it.sent.length > 2 ? null : DOWN);
    it.give(10);
    it.clock.advance(300);
    expect(it.underWay).toBeGreaterThan(0);
    let flushed = false;
    it.lane.flush(() => (flushed = true));
    await it.lane.close();
    expect(it.buffer.waiting('shop').events).toBe(10);
    expect({ flushed, timers: it.clock.timers, underWay: it.underWay }).toEqual({
      flushed: true,
      timers: 0,
      underWay: 0,
    });
    const { length } = it.sent;
    it.give(1);
    it.clock.advance(3_600_000);
    expect(it.sent).toHaveLength(length);
  });

  test('a flush of a lane that ended ends', async () => {
    const it = new LaneBench();
    await it.lane.close();
    let flushed = false;
    it.lane.flush(() => (flushed = true));
    expect(flushed).toBe(true);
  });
});
