import { afterEach, expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { TrackingModule, TrackingService, webhook } from '../../lib/index.js';
import { systemClock, TRACKING_CLOCK } from '../../lib/host/clock.js';
import type { Clock } from '../../lib/host/clock.js';

const timers = new Set<object>();

/** The real time, and a list of the timers that are set. */
const clock: Clock = {
  ...systemClock,
  after(delayMs, fn) {
    const mark = {};
    timers.add(mark);
    const timer = systemClock.after(delayMs, () => {
      timers.delete(mark);
      fn();
    });
    return {
      hold: (holds) => timer.hold(holds),
      cancel: () => {
        timers.delete(mark);
        timer.cancel();
      },
    };
  },
};

afterEach(() => {
  expect(timers.size).toBe(0);
});

async function start() {
  const module = await Test.createTestingModule({
    imports: [TrackingModule.forRoot({ destinations: [webhook({ url: 'http://127.0.0.1:9/' })] })],
  })
    .overrideProvider(TRACKING_CLOCK)
    .useValue(clock)
    .compile();
  const app = await module.init();
  return { app, tracking: app.get(TrackingService) };
}

test('an application may be closed twice, and leaves no handle', async () => {
  const { app } = await start();
  await app.close();
  await app.close();
});

test('a flush after the end returns at once', async () => {
  const { app, tracking } = await start();
  await app.close();
  expect(await tracking.flush({ timeoutMs: 60_000 })).toEqual({
    delivered: 0,
    pending: 0,
    dead: 0,
    timedOut: false,
  });
});

test('a call after the end is rejected as closed', async () => {
  const { app, tracking } = await start();
  await app.close();
  expect(tracking.track('Order Completed', {}, { userId: 'ann' })).toBeUndefined();
  expect(await tracking.record('Order Completed', {}, { userId: 'ann' })).toEqual({
    state: 'rejected',
    reason: 'closed',
  });
  expect(tracking.stats().rejected).toEqual({ closed: 2 });
});
