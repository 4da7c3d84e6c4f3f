import { describe, expect, test } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock } from '../../lib/host/clock.js';
import { detached } from '../../lib/host/detached.js';

describe("the machine's clock", () => {
  test('runs a timer once, and a cancelled one never', async () => {
    const ran: string[] = [];
    systemClock.after(0, () => ran.push('cancelled')).cancel();
    await new Promise<void>((resolve) => systemClock.after(-5, () => resolve(void ran.push('past'))));
    expect(ran).toEqual(['past']);
  });

  test('cuts delays to the limit of a timer, instead of running them at once as Node would', async () => {
    let ran = false;
    const timers = [2 ** 31, 1e15, Infinity].map((delay) => systemClock.after(delay, () => (ran = true)));
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
    for (const timer of timers) timer.cancel();
    expect(ran).toBe(false);
  });

  test('allows a timer to keep the process alive or not, at any time', () => {
    const before = process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const holding = () =>
      process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length - before;
    const timer = systemClock.after(60_000, () => undefined);
    expect(holding()).toBe(1);
    timer.hold(false);
    expect(holding()).toBe(0);
    timer.hold(true);
    expect(holding()).toBe(1);
    timer.cancel();
    expect(holding()).toBe(0);
  });

  test('never measures backwards', () => {
    let last = systemClock.monotonic();
    for (let i = 0; i < 1_000; i++) {
      const now = systemClock.monotonic();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  });
});

test('detached work belongs to no request', async () => {
  const request = new AsyncLocalStorage<string>();
  await request.run('request 1', async () => {
    expect(detached(() => request.getStore())).toBeUndefined();
    const later = await new Promise((resolve) =>
      detached(() => systemClock.soon(() => resolve(request.getStore()))),
    );
    expect(later).toBeUndefined();
    expect(request.getStore()).toBe('request 1');
  });
});
