import { describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { systemClock } from '../../lib/host/clock.js';
import { deadline, within } from '../../lib/host/deadline.js';
import { ManualClock } from '../support/manual-clock.js';

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('a deadline', () => {
  test.each([50, 200])(
    'does not count before a disk that was in time: %i ms, and a loop blocked for 300 ms',
    async (ms) => {
      const written = (async () => {
        for (let step = 0; step < 3; step++) await stat(tmpdir());
      })();
      const inTime = within(systemClock, ms, written);
      block(300);
      expect(await inTime).toBe(true);
    },
  );

  test('ends after its time and leaves no timer', () => {
    const clock = new ManualClock();
    const happened: string[] = [];
    deadline(clock, 1_000, () => happened.push('ended'));
    clock.advance(999);
    expect(happened).toEqual([]);
    clock.advance(1);
    expect(happened).toEqual(['ended']);
    expect(clock.timers).toBe(0);
  });

  test('is cancelled at any time before it ends', () => {
    for (const at of [500, 999]) {
      const clock = new ManualClock();
      let ended = false;
      const timer = deadline(clock, 1_000, () => (ended = true));
      clock.after(at, () => timer.cancel());
      clock.advance(5_000);
      expect([ended, clock.timers]).toEqual([false, 0]);
    }
  });

  test.each([
    [undefined, 250, 350],
    [100, 100, 350],
    // Blocked, and free again just before it passes: the answer may still need a moment.
    [undefined, 250, 240],
  ])('of a blocked loop is extended once: grace %s', async (graceMs, atLeast, blockedMs) => {
    const ended = new Promise<void>((resolve) => void deadline(systemClock, 250, resolve, graceMs));
    block(blockedMs);
    const free = performance.now();
    await ended;
    // Timers may run up to a millisecond early.
    expect(performance.now() - free).toBeGreaterThanOrEqual(atLeast - 1);
  });
});
