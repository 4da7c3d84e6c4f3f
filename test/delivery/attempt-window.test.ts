import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AttemptWindow } from '../../lib/delivery/attempt-window.js';

function begin(window: AttemptWindow, count: number): number[] {
  return Array.from({ length: count }, () => window.start());
}

describe('how many attempts may be under way', () => {
  test('is the bound while all attempts succeed', () => {
    const window = new AttemptWindow(8);
    expect(window.limit).toBe(8);
    window.succeeded();
    expect(window).toMatchObject({ limit: 8, failing: false, failedRounds: 0 });
  });

  test('loses a quarter on a lone failure, and each success adds one', () => {
    const window = new AttemptWindow(8);
    window.failed(window.start(), false);
    expect(window).toMatchObject({ limit: 6, failing: false });
    window.succeeded();
    expect(window.limit).toBe(7);
    for (let i = 0; i < 10; i++) window.succeeded();
    expect(window.limit).toBe(8);
  });

  test('loses it at most once per round trip', () => {
    const window = new AttemptWindow(8);
    const [a, b] = begin(window, 8);
    window.failed(a!, false);
    window.failed(b!, false);
    expect(window.limit).toBe(6);
    window.failed(window.start(), false);
    expect(window).toMatchObject({ limit: 1, failing: true });
  });

  test('is one after three failures in a row', () => {
    const window = new AttemptWindow(8);
    const marks = begin(window, 3);
    window.failed(marks[0]!, false);
    window.failed(marks[1]!, false);
    expect(window.failing).toBe(false);
    window.failed(marks[2]!, false);
    expect(window).toMatchObject({ limit: 1, failing: true, failedRounds: 1 });
  });

  test('is not one after three failures with a success between', () => {
    const window = new AttemptWindow(8);
    for (let i = 0; i < 10; i++) {
      window.failed(window.start(), false);
      window.failed(window.start(), false);
      window.succeeded();
    }
    expect(window.failing).toBe(false);
  });

  test('grows from two if every second attempt fails, in both orders', () => {
    for (const first of [true, false]) {
      const window = new AttemptWindow(32);
      for (let i = 0; i < 3; i++) window.failed(window.start(), false);
      window.succeeded();
      let fails = first;
      for (let round = 0; round < 30; round++) {
        for (const mark of begin(window, window.limit)) {
          if (fails) window.failed(mark, false);
          else window.succeeded();
          fails = !fails;
        }
      }
      expect(window.limit).toBeGreaterThan(20);
    }
  });

  test('is one after a single answer that asks for a pause', () => {
    const window = new AttemptWindow(8);
    window.failed(window.start(), true);
    expect(window).toMatchObject({ limit: 1, failing: true, failedRounds: 1 });
  });

  test('doubles after an outage, until the bound is reached again', () => {
    const window = new AttemptWindow(32);
    window.failed(window.start(), true);
    const limits = Array.from({ length: 7 }, () => {
      window.succeeded();
      return window.limit;
    });
    expect(limits).toEqual([2, 4, 8, 16, 32, 32, 32]);
    window.failed(window.start(), false);
    window.succeeded();
    expect(window.limit).toBe(25);
  });

  test('starts after a short outage with a part of its earlier size', () => {
    const afterRounds = (rounds: number): number => {
      const window = new AttemptWindow(32);
      for (const mark of begin(window, 32)) window.failed(mark, false);
      for (let i = 1; i < rounds; i++) window.failed(window.start(), false);
      expect(window.limit).toBe(1);
      window.succeeded();
      return window.limit;
    };
    // Twice 24, halved for every two rounds that failed.
    expect([1, 2, 4, 6, 10].map(afterRounds)).toEqual([32, 24, 12, 6, 2]);
  });

  test('counts the rounds that failed, not the attempts that were under way together', () => {
    const window = new AttemptWindow(8);
    for (const mark of begin(window, 8)) window.failed(mark, false);
    expect(window.failedRounds).toBe(1);
    window.failed(window.start(), false);
    expect(window.failedRounds).toBe(2);
    window.failed(window.start(), false);
    expect(window.failedRounds).toBe(3);
    window.succeeded();
    expect(window.failedRounds).toBe(0);
  });

  test('counts also the rounds that failed before the lane was failing: pauses never shrink', () => {
    const window = new AttemptWindow(1);
    for (let i = 0; i < 3; i++) window.failed(window.start(), false);
    expect(window.failedRounds).toBe(3);
  });

  test('stays between one and the bound, with any outcomes', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('start', 'ok', 'fail', '429'), fc.nat(20)));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), steps, (max, all) => {
        const window = new AttemptWindow(max);
        const marks: number[] = [window.start()];
        for (const [what, back] of all) {
          if (what === 'start') marks.push(window.start());
          else if (what === 'ok') window.succeeded();
          else window.failed(marks[Math.max(0, marks.length - 1 - back)]!, what === '429');
          expect(window.limit).toBeGreaterThanOrEqual(1);
          expect(window.limit).toBeLessThanOrEqual(max);
          expect(window.failing).toBe(window.failedRounds > 0);
          if (window.failing) expect(window.limit).toBe(1);
        }
      }),
    );
  });
});
