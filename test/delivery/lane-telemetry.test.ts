import { expect, test } from '@jest/globals';
import type { AttemptReport } from '../../lib/observe/telemetry.js';
import { answer, LaneBench, OK } from '../support/a-lane.js';

function watched() {
  const attempts: AttemptReport[] = [];
  const delivered: [string, readonly number[]][] = [];
  const bench = new LaneBench({
    destination: { batch: { maxDelayMs: 1_000 } },
    telemetry: {
      attempted: (attempt) => void attempts.push(attempt),
      delivered: (lane, waitedMs) => void delivered.push([lane, waitedMs]),
    },
  });
  return { bench, attempts, delivered };
}

test('each request is reported with its time, its events and its outcome', () => {
  const { bench, attempts } = watched();
  const answers = [
    { result: { failure: 'ECONNRESET' }, afterMs: 25 },
    { result: answer(503), afterMs: 40 },
    { result: answer(200), afterMs: 7 },
  ];
  bench.platform = () => answers.shift()!;
  bench.give(3);
  bench.clock.advance(10_000);
  expect(attempts).toEqual([
    { lane: 'shop', durationMs: 25, events: 3, failure: 'ECONNRESET' },
    { lane: 'shop', durationMs: 40, events: 3, status: 503 },
    { lane: 'shop', durationMs: 7, events: 3, status: 200 },
  ]);
});

test('each delivered event is reported with the time since it was accepted', () => {
  const { bench, delivered } = watched();
  bench.platform = () => ({ ...OK, afterMs: 10 });
  bench.give();
  bench.clock.advance(400);
  bench.give();
  bench.clock.advance(10_000);
  expect(delivered).toEqual([['shop', [1_010, 610]]]);
});

test('a request that a shutdown ends is not reported', async () => {
  const { bench, attempts } = watched();
  bench.platform = () => null;
  bench.give();
  bench.clock.advance(1_000);
  await bench.lane.close();
  expect(bench.sent).toHaveLength(1);
  expect(attempts).toEqual([]);
});

test('a refused event is reported as requested, and not as delivered', () => {
  const { bench, attempts, delivered } = watched();
  bench.platform = () => ({ result: answer(401) });
  bench.give();
  bench.clock.advance(1_100);
  expect(attempts.map(({ status }) => status)).toEqual([401]);
  expect(delivered).toEqual([]);
});
