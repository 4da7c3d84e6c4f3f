import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AttemptLimit } from '../../lib/delivery/attempt-limit.js';

function begin(limit: AttemptLimit, count: number): number[] {
  return Array.from({ length: count }, () => limit.start());
}

describe('how many attempts may be under way', () => {
  test('is the bound while all attempts succeed', () => {
    const limit = new AttemptLimit(8);
    expect(limit.limit).toBe(8);
    limit.succeeded();
    expect(limit).toMatchObject({ limit: 8, failing: false, failedRounds: 0 });
  });

  test('loses a quarter on a lone failure, and each success adds one', () => {
    const limit = new AttemptLimit(8);
    limit.failed(limit.start(), false);
    expect(limit).toMatchObject({ limit: 6, failing: false });
    limit.succeeded();
    expect(limit.limit).toBe(7);
    for (let i = 0; i < 10; i++) limit.succeeded();
    expect(limit.limit).toBe(8);
  });

  test('loses it at most once per round trip', () => {
    const limit = new AttemptLimit(8);
    const [a, b] = begin(limit, 8);
    limit.failed(a!, false);
    limit.failed(b!, false);
    expect(limit.limit).toBe(6);
    limit.failed(limit.start(), false);
    expect(limit).toMatchObject({ limit: 1, failing: true });
  });

  test('is one after three failures in a row', () => {
    const limit = new AttemptLimit(8);
    const marks = begin(limit, 3);
    limit.failed(marks[0]!, false);
    limit.failed(marks[1]!, false);
    expect(limit.failing).toBe(false);
    limit.failed(marks[2]!, false);
    expect(limit).toMatchObject({ limit: 1, failing: true, failedRounds: 1 });
  });

  test('is not one after three failures with a success between', () => {
    const limit = new AttemptLimit(8);
    for (let i = 0; i < 10; i++) {
      limit.failed(limit.start(), false);
      limit.failed(limit.start(), false);
      limit.succeeded();
    }
    expect(limit.failing).toBe(false);
  });

  test('grows from two if every second attempt fails, in both orders', () => {
    for (const first of [true, false]) {
      const limit = new AttemptLimit(32);
      for (let i = 0; i < 3; i++) limit.failed(limit.start(), false);
      limit.succeeded();
      let fails = first;
      for (let round = 0; round < 30; round++) {
        for (const mark of begin(limit, limit.limit)) {
          if (fails) limit.failed(mark, false);
          else limit.succeeded();
          fails = !fails;
        }
      }
      expect(limit.limit).toBeGreaterThan(20);
    }
  });

  test('is one after a single answer that asks for a pause', () => {
    const limit = new AttemptLimit(8);
    limit.failed(limit.start(), true);
    expect(limit).toMatchObject({ limit: 1, failing: true, failedRounds: 1 });
  });

  test('doubles after an outage, until the bound is reached again', () => {
    const limit = new AttemptLimit(32);
    limit.failed(limit.start(), true);
    const limits = Array.from({ length: 7 }, () => {
      limit.succeeded();
      return limit.limit;
    });
    expect(limits).toEqual([2, 4, 8, 16, 32, 32, 32]);
    limit.failed(limit.start(), false);
    limit.succeeded();
    expect(limit.limit).toBe(25);
  });

  test('starts after a short outage with a part of its earlier size', () => {
    const afterRounds = (rounds: number): number => {
      const limit = new AttemptLimit(32);
      for (const mark of begin(limit, 32)) limit.failed(mark, false);
      for (let i = 1; i < rounds; i++) limit.failed(limit.start(), false);
      expect(limit.limit).toBe(1);
      limit.succeeded();
      return limit.limit;
    };
    // Twice 24, halved for every two rounds that failed.
    expect([1, 2, 4, 6, 10].map(afterRounds)).toEqual([32, 24, 12, 6, 2]);
  });

  test('counts the rounds that failed, not the attempts that were under way together', () => {
    const limit = new AttemptLimit(8);
    for (const mark of begin(limit, 8)) limit.failed(mark, false);
    expect(limit.failedRounds).toBe(1);
    limit.failed(limit.start(), false);
    expect(limit.failedRounds).toBe(2);
    limit.failed(limit.start(), false);
    expect(limit.failedRounds).toBe(3);
    limit.succeeded();
    expect(limit.failedRounds).toBe(0);
  });

  test('counts also the rounds that failed before the lane was failing: pauses never shrink', () => {
    const limit = new AttemptLimit(1);
    for (let i = 0; i < 3; i++) limit.failed(limit.start(), false);
    expect(limit.failedRounds).toBe(3);
  });

  test('stays between one and the bound, with any outcomes', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('start', 'ok', 'fail', '429'), fc.nat(20)));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), steps, (max, all) => {
        const limit = new AttemptLimit(max);
        const marks: number[] = [limit.start()];
        for (const [what, back] of all) {
          if (what === 'start') marks.push(limit.start());
          else if (what === 'ok') limit.succeeded();
          else limit.failed(marks[Math.max(0, marks.length - 1 - back)]!, what === '429');
          expect(limit.limit).toBeGreaterThanOrEqual(1);
          expect(limit.limit).toBeLessThanOrEqual(max);
          expect(limit.failing).toBe(limit.failedRounds > 0);
          if (limit.failing) expect(limit.limit).toBe(1);
        }
      }),
    );
  });
});
