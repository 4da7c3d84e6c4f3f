import { describe, expect, test } from '@jest/globals';
import { answer, LaneBench, OK } from '../support/a-lane.js';

const park = (status: number, body = '') => ({ result: answer(status, body), afterMs: 1 });
const CALM = { batch: { maxEvents: 10, maxDelayMs: 0 }, concurrency: 4 };

describe.each([
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [402, 'misconfigured'],
  [404, 'misconfigured'],
  [405, 'misconfigured'],
  [410, 'misconfigured'],
  [415, 'misconfigured'],
  [301, 'misconfigured'],
  [302, 'misconfigured'],
  [307, 'misconfigured'],
] as const)('a %i', (status, reason) => {
  test(`parks the lane as ${reason}: nothing is burnt, and it resumes by itself`, () => {
    const it = new LaneBench({ destination: CALM });
    it.platform = () => park(status);
    it.give(50);
    it.clock.advance(600_000);
    expect(it.lane.state.parked).toBe(reason);
    expect(it.ledger).toMatchObject({ pending: 50, dead: 0, dropped: {} });
    expect(it.happened.filter(({ type }) => type === 'parked')).toMatchObject([{ lane: 'shop', reason }]);
    it.platform = () => OK;
    it.clock.advance(61_000);
    expect(it.lane.state.parked).toBeNull();
    expect(it.ledger).toMatchObject({ delivered: 50, pending: 0 });
    expect(it.happened.filter(({ type }) => type === 'resumed')).toHaveLength(1);
    expect(it.spoken.infos).toEqual(["Destination 'shop' delivers again."]);
  });
});

describe('a parked lane', () => {
  test('is logged once as an error, with a remedy and the kept answer', () => {
    const it = new LaneBench({ destination: CALM });
    it.platform = () => park(401, 'bad key hunter2');
    it.give(5);
    it.clock.advance(3_600_000);
    expect(it.spoken.errors).toEqual([
      "Destination 'shop' is parked (unauthorized, answer 401: 15 bytes). No event is lost; one at a time is sent as a probe until " +
        'one succeeds. Check its credentials and the network path.',
    ]);
  });

  test('probes with one event at a time, each time another one, in growing pauses', () => {
    const it = new LaneBench({ destination: CALM });
    const ids = it.give(10);
    it.platform = () => park(401);
    it.clock.advance(5);
    expect(it.lane.state.parked).toBe('unauthorized');
    const from = it.sent.length;
    it.clock.advance(600_000);
    const probes = it.sent.slice(from);
    expect(probes.every((probe) => probe.ids.length === 1)).toBe(true);
    expect(new Set(probes.slice(0, 10).flatMap((probe) => probe.ids))).toEqual(new Set(ids));
    const pauses = probes.slice(1).map(({ at }, i) => at - probes[i]!.at - 1);
    expect(pauses.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('tries new events, too, if earlier ones are never accepted', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 1 } });
    const poison = it.give(3);
    it.platform = ({ ids }) => (ids.some((id) => poison.includes(id)) ? park(400) : OK);
    it.clock.advance(10_000);
    expect(it.lane.state.parked).toBe('refused_all');
    it.give(5);
    it.clock.advance(300_000);
    expect(it.lane.state.parked).toBeNull();
    expect(it.ledger).toMatchObject({ delivered: 5 });
  });

  test('resumes when its probe is rejected by name: the platform has accepted the credentials', () => {
    const it = new LaneBench({
      destination: {
        ...CALM,
        decode: ({ status }, batch) =>
          status === 200
            ? new Map(batch.map(({ event }) => [event.id, { kind: 'rejected', detail: 'bad' }]))
            : 'unauthorized',
      },
    });
    it.platform = () => park(401);
    it.give(1);
    it.clock.advance(5);
    expect(it.lane.state.parked).toBe('unauthorized');
    it.platform = () => OK;
    it.clock.advance(61_000);
    expect(it.lane.state.parked).toBeNull();
    expect(it.ledger).toMatchObject({ delivered: 0, pending: 0, dead: 1 });
  });

  test('is not gone round by a flush, which returns at once', () => {
    const it = new LaneBench({ destination: CALM });
    it.platform = () => park(401);
    it.give(5);
    it.clock.advance(5);
    const before = it.sent.length;
    let flushed = 0;
    it.lane.flush(() => flushed++);
    it.clock.run();
    it.give(5);
    it.lane.flush(() => flushed++);
    it.clock.run();
    expect({ flushed, sent: it.sent.length - before }).toEqual({ flushed: 2, sent: 0 });
  });

  test('does not keep the process alive, and continues probing while it runs', () => {
    const it = new LaneBench({ destination: CALM });
    it.platform = () => park(401);
    it.give(5);
    expect(it.clock.holdsProcess).toBe(true);
    it.clock.advance(100);
    expect(it.lane.state.parked).toBe('unauthorized');
    expect(it.clock.holdsProcess).toBe(false);
    expect(it.clock.timers).toBe(1);
  });

  test('waits at most a minute after a probe that failed', () => {
    const it = new LaneBench({ destination: CALM });
    it.give(3);
    it.platform = () => park(401);
    it.clock.advance(100);
    it.platform = () => ({ result: { failure: 'ECONNREFUSED' } });
    it.clock.advance(3_600_000);
    expect(it.lane.state.parked).toBe('unauthorized');
    it.platform = () => OK;
    it.clock.advance(61_000);
    expect(it.ledger).toMatchObject({ delivered: 3, pending: 0 });
  });

  test('whose only event is refused with its content ends the parking at some time', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 1 } });
    const [odd] = it.give(1);
    it.platform = ({ ids }) => (ids.includes(odd!) ? park(403) : OK);
    it.clock.advance(1_000);
    expect(it.lane.state.parked).toBe('unauthorized');
    it.give(5);
    it.clock.advance(300_000);
    expect(it.ledger).toMatchObject({ delivered: 5, dead: 1, pending: 0 });
    expect(it.deadIds).toEqual([odd]);
  });

  test('drops events that expired in the meantime', () => {
    const it = new LaneBench({ destination: CALM, retry: { maxAgeMs: 3_600_000 } });
    it.platform = () => park(401);
    it.give(30);
    it.clock.advance(7_200_000);
    it.give(1);
    it.platform = () => OK;
    it.clock.advance(120_000);
    expect(it.ledger).toMatchObject({ delivered: 1, dropped: { expired: 30 }, pending: 0 });
  });
});

describe('a bisect', () => {
  test('that is interrupted by an outage continues at the same place', () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 16, maxDelayMs: 0 }, concurrency: 1 } });
    const ids = it.give(16);
    const poison = ids[5]!;
    it.platform = (sent) => {
      const n = it.sent.length;
      if (n > 2 && n < 8) return { result: answer(503), afterMs: 1 };
      return { result: answer(sent.ids.includes(poison) ? 400 : 200), afterMs: 1 };
    };
    it.clock.advance(600_000);
    it.give(1);
    it.clock.advance(600_000);
    expect(it.ledger).toMatchObject({ delivered: 16, dead: 1, pending: 0 });
    expect(it.deadIds).toEqual([poison]);
  });
});
