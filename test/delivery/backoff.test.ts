import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from '../../lib/delivery/throttle.js';

test('a pause is random in the upper half of a time that doubles up to its bound', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 0, max: 10_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, minDelayMs, more, random) => {
        const limits = { minDelayMs, maxDelayMs: minDelayMs + more };
        const full = Math.min(minDelayMs * 2 ** (failures - 1), limits.maxDelayMs);
        const pause = backoffMs(failures, limits, () => random);
        expect(pause).toBeGreaterThanOrEqual(full / 2);
        expect(pause).toBeLessThanOrEqual(full);
      },
    ),
  );
});

test('the first pause is the shortest one, and none is longer than the longest', () => {
  const limits = { minDelayMs: 500, maxDelayMs: 60_000 };
  expect([1, 2, 3, 7, 8, 9, 1e9, Infinity].map((n) => backoffMs(n, limits, () => 1))).toEqual([
    500, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000, 60_000,
  ]);
});
