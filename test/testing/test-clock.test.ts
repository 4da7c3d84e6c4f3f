import { describe, expect, jest, test } from '@jest/globals';
import { TestClock } from 'nestjs-tracking/testing';
import { ApplicationClock } from '../../lib/testing/application-clock.js';
import { systemClock } from '../../lib/host/clock.js';

describe('TestClock', () => {
  test('stands still until a test advances it', async () => {
    const clock = new TestClock(new Date(5));
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(5);
    const began = clock.monotonic();
    await clock.advance(10);
    expect([clock.now(), clock.monotonic() - began]).toEqual([15, 10]);
  });

  test('runs timers at their times, in order, and settles the work of each before the next', async () => {
    const clock = new TestClock(0);
    const happened: [string, number][] = [];
    const note = (what: string): void => void happened.push([what, clock.now()]);
    clock.after(20, () => note('second'));
    clock.after(10, () => {
      note('first');
      void Promise.resolve().then(() => clock.soon(() => clock.after(5, () => note('of the first'))));
    });
    clock.after(20, () => note('third'));
    clock.after(31, () => note('never'));
    const cancelled = clock.after(1, () => note('cancelled'));
    cancelled.cancel();
    await clock.advance(30);
    expect(happened).toEqual([
      ['first', 10],
      ['of the first', 15],
      ['second', 20],
      ['third', 20],
    ]);
    expect(clock.now()).toBe(30);
  });

  test('sets the wall clock alone', async () => {
    const clock = new TestClock(1_000);
    const began = clock.monotonic();
    clock.jump(-500);
    expect([clock.now(), clock.monotonic() - began]).toEqual([500, 0]);
    let fired = 0;
    clock.after(10, () => fired++);
    clock.jump(60_000);
    await clock.advance(0);
    expect(fired).toBe(0);
  });

  test('begins in 2026, and rejects a timer that would never run', () => {
    expect(new Date(new TestClock().now()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
    for (const start of [new Date(5), 5, '1970-01-01T00:00:00.005Z'])
      expect(new TestClock(start).now()).toBe(5);
    for (const start of ['2026-01-01', new Date('x'), Number.NaN]) {
      expect(() => new TestClock(start)).toThrow('option `start` is invalid; expected a valid Date');
    }
    expect(() => new TestClock().after(NaN, () => undefined)).toThrow(RangeError);
  });
});

describe('an application’s clock', () => {
  test('needs no time for work that is due at once', async () => {
    const base = new TestClock();
    const clock = new ApplicationClock(base);
    const due = new Promise<void>((resolve) => void clock.after(0, resolve));
    const cancelled = clock.after(0, () => expect('this').toBe('cancelled'));
    cancelled.cancel();
    await due;
    await base.advance(0);
  });

  test('ends its own timers at shutdown, and not those of others', async () => {
    const base = new TestClock();
    const [one, other] = [new ApplicationClock(base), new ApplicationClock(base)];
    const happened: string[] = [];
    let ended = (): void => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    one.after(2_000, () => {
      happened.push('two');
      one.after(500, () => happened.push('two and a half'));
    });
    one.after(3_000, () => {
      happened.push('three');
      ended();
    });
    one.after(1_000, () => happened.push('one'));
    other.after(1_000, () => happened.push('other'));
    const began = [base.monotonic(), one.monotonic()];
    one.hurry();
    await end;
    expect(happened).toEqual(['one', 'two', 'two and a half', 'three']);
    expect([base.monotonic(), one.monotonic() - 3_000]).toEqual(began);
    expect(base.nextAt).toBe(base.monotonic() + 1_000);
  });

  test('is not stopped by a runner’s fake timers', async () => {
    jest.useFakeTimers();
    try {
      const clock = new ApplicationClock(systemClock);
      const happened: string[] = [];
      clock.soon(() => happened.push('soon'));
      await new Promise<void>((resolve) => void clock.after(5, resolve));
      expect(happened).toEqual(['soon']);
      jest.setSystemTime(1_000);
      expect(clock.now()).toBe(1_000);
    } finally {
      jest.useRealTimers();
    }
  });
});
