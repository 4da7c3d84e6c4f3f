import { describe, expect, test } from '@jest/globals';
import { answer, LaneBench, type LaneOptions, OK, type Platform } from '../support/a-lane.js';

const SECONDS = 30;
const PER_SECOND = 200;
/** The same jitter in each run. */
function seeded(seed = 20_261_130): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

const oneEach = (): LaneOptions => ({
  destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 32 },
  random: seeded(),
});

/** Gives a lane 200 events a second for half a minute; returns how many of them were delivered by then, from 0 to 1. */
function shareDelivered(platform: (it: LaneBench) => Platform, afterMs: number): number {
  const it = new LaneBench(oneEach());
  const answered = platform(it);
  it.platform = (sent) => ({ ...answered(sent)!, afterMs });
  for (let step = 0; step < SECONDS * 100; step++) {
    it.give(PER_SECOND / 100);
    it.clock.advance(10);
  }
  return it.ledger.delivered / (SECONDS * PER_SECOND);
}

describe('of 200 events a second', () => {
  // 32 attempts at once are 320 requests a second at 100 ms: half of them are four fifths of what comes in.
  test.each([
    [429, 10, 0.95],
    [429, 50, 0.95],
    [503, 10, 0.95],
    [503, 50, 0.95],
    [500, 100, 0.75],
  ])(
    'nearly as many as can be are delivered where every second request is answered %i, after %i ms',
    (status, ms, least) => {
      const share = shareDelivered(
        (it) => () => (it.sent.length % 2 === 0 ? { result: answer(status) } : OK),
        ms,
      );
      expect(share).toBeGreaterThan(least);
    },
  );

  test.each([10, 50])(
    'most are delivered where the platform is well half of the time, and answers after %i ms',
    (ms) => {
      const shares = [200, 300, 400, 500, 700, 1_000].map((periodMs) =>
        shareDelivered(
          ({ clock }) =>
            () =>
              Math.floor(clock.monotonic() / periodMs) % 2 === 0 ? OK : { result: answer(503) },
          ms,
        ),
      );
      // How each period meets the pauses is chance.
      expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.75);
    },
  );
});

test('a platform that is down gets few requests, also with short first pauses', () => {
  for (const random of [0, 0.5, 1]) {
    const it = new LaneBench({ ...oneEach(), random: () => random });
    it.platform = () => ({ result: answer(429), afterMs: 1 });
    it.give(1_000);
    it.clock.advance(1);
    const burst = it.sent.length;
    it.clock.advance(10_000);
    expect(burst).toBeLessThanOrEqual(32);
    expect(it.sent.length - burst).toBeLessThanOrEqual(10);
  }
});
