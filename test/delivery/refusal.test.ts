import { describe, expect, test } from '@jest/globals';
import { answer, LaneBench, OK } from '../support/a-lane.js';

const REFUSED = { result: answer(400, 'no') };
const DOWN = { result: { failure: 'ECONNREFUSED' } };

describe('one event that is always refused', () => {
  test.each([400, 403, 413, 422])(
    'with %i, in whatever company: it is dead, all others are delivered',
    (status) => {
      const it = new LaneBench({ destination: { batch: { maxEvents: 50, maxDelayMs: 0 } } });
      const ids = it.give(200);
      const poison = ids[77]!;
      it.platform = ({ ids: sent }) => ({
        result: answer(sent.includes(poison) ? status : 200, 'your event is odd'),
      });
      it.clock.advance(120_000);
      expect(it.ledger).toMatchObject({ accepted: 200, delivered: 199, dead: 1, pending: 0 });
      expect(it.buffer.deadLetters('shop')).toEqual([
        {
          event: expect.objectContaining({ id: poison }),
          lane: 'shop',
          reason: 'refused',
          attempts: expect.any(Number),
          answer: `${status}: 17 bytes`,
        },
      ]);
      expect(it.lane.state.parked).toBeNull();
      expect(it.idsOf('dead')).toEqual([poison]);
      expect(it.spoken.errors.filter((line) => line.includes('dead letter'))).toHaveLength(1);
    },
  );

  test.each([
    [4, 50, 1],
    [4, 50, 4],
    [40, 100, 4],
  ])('is no worse in company: %i of a batch of %i die, at concurrency %i', (bad, batch, concurrency) => {
    const it = new LaneBench({ destination: { batch: { maxEvents: batch, maxDelayMs: 0 }, concurrency } });
    const ids = it.give(batch);
    const poison = new Set(ids.filter((_, i) => (i * bad) % batch < bad));
    expect(poison.size).toBe(bad);
    it.platform = ({ ids: sent }) => (sent.some((id) => poison.has(id)) ? REFUSED : OK);
    it.clock.advance(600_000);
    expect(it.ledger.delivered).toBe(batch - bad);
    // The last events may have no others whose success proves that the platform works.
    it.give(1);
    it.clock.advance(600_000);
    expect(it.ledger).toMatchObject({ delivered: batch - bad + 1, dead: bad, pending: 0 });
  });

  test('costs a platform that refuses everything few requests before the lane parks', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 500, maxDelayMs: 0 }, concurrency: 1 } });
    it.give(500);
    it.platform = () => REFUSED;
    while (it.lane.state.parked === null) it.clock.advance(10);
    expect(it.lane.state.parked).toBe('refused_all');
    expect(it.sent.map(({ ids }) => ids.length)).toEqual([500, 250, 125, 63, 32, 16, 8, 4, 2, 1, 1, 2, 1]);
  });

  test('stays pending until a success proves that the platform accepts events', () => {
    const it = new LaneBench({ destination: { batch: { maxDelayMs: 0 } } });
    const [poison] = it.give(1);
    it.platform = ({ ids }) => (ids.includes(poison!) ? REFUSED : OK);
    it.clock.advance(3_600_000);
    expect(it.ledger).toMatchObject({ pending: 1, dead: 0 });
    it.give(1);
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 0, dead: 1 });
  });

  test('is not dead while its lane has only refusals', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 1 } });
    it.platform = () => REFUSED;
    it.give(2);
    it.clock.advance(86_400_000);
    expect(it.ledger).toMatchObject({ pending: 2, dead: 0 });
  });

  test('is tried again with pauses while the lane fails, not as fast as the platform answers', () => {
    const it = new LaneBench({ destination: { batch: { maxDelayMs: 0 } } });
    let down = true;
    it.platform = () => (down ? DOWN : REFUSED);
    it.give(1);
    it.clock.advance(10_000);
    down = false;
    const before = it.sent.length;
    it.clock.advance(60_000);
    expect(it.sent.length - before).toBeLessThan(60);
  });
});

describe('refusals of everything for a while', () => {
  test.each([400, 401, 403, 404, 413, 422, 302])('with %i leave nothing dead', (status) => {
    for (const [maxEvents, concurrency] of [
      [1, 8],
      [10, 1],
      [500, 4],
    ] as const) {
      const it = new LaneBench({ destination: { batch: { maxEvents, maxDelayMs: 100 }, concurrency } });
      const until = it.clock.monotonic() + 10_000;
      it.platform = () => ({ result: answer(it.clock.monotonic() < until ? status : 200) });
      for (let i = 0; i < 40; i++) {
        it.give(5);
        it.clock.advance(250);
      }
      expect(it.lane.state.parked).not.toBeNull();
      it.clock.advance(300_000);
      expect(it.ledger).toMatchObject({ accepted: 200, delivered: 200, pending: 0, dead: 0 });
      expect(it.lane.state.parked).toBeNull();
    }
  });

  test('prove nothing about an event if they were sent before it was refused', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 2 } });
    let refuses = false;
    it.platform = () => (refuses ? REFUSED : { ...OK, afterMs: 2_000 });
    it.give(1); // slow, and still taken
    it.clock.advance(5);
    refuses = true;
    it.give(1);
    it.clock.advance(10_000);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 1, dead: 0 });
    refuses = false;
    it.clock.advance(120_000);
    expect(it.ledger).toMatchObject({ delivered: 2, pending: 0, dead: 0 });
  });

  test('of which three are events refused alone park the lane, and all stay pending', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 1 } });
    it.platform = () => REFUSED;
    it.give(2);
    it.clock.advance(400);
    expect(it.lane.state.parked).toBeNull();
    it.give(10);
    it.clock.advance(10_000);
    expect(it.lane.state.parked).toBe('refused_all');
    expect(it.ledger).toMatchObject({ pending: 12, dead: 0 });
    expect(it.spoken.errors.filter((line) => line.includes('is parked (refused_all'))).toHaveLength(1);
  });
});
