import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { TRACKING_CLOCK } from '../../lib/host/clock.js';
import { Log } from '../../lib/host/log.js';
import { type EventBufferFactory, TrackingModule, webhook } from '../../lib/index.js';
import { ManualClock } from '../support/manual-clock.js';
import { slowBuffer } from '../support/slow-buffer.js';
import { aLog } from '../support/spoken-log.js';
import { runtimeMessages } from '../../lib/runtime/runtime.messages.js';

const listeners = process.listeners('SIGTERM');
beforeEach(() => {
  process.removeAllListeners('SIGTERM');
});
afterEach(() => {
  process.removeAllListeners('SIGTERM');
  for (const listener of listeners) process.on('SIGTERM', listener);
});

async function start(enabled = true, buffer?: EventBufferFactory) {
  const clock = new ManualClock();
  const { log, spoken } = aLog(() => clock.monotonic());
  const module = await Test.createTestingModule({
    imports: [
      TrackingModule.forRoot({
        enabled,
        destinations: [webhook({ url: 'http://127.0.0.1:9/' })],
        ...(buffer !== undefined && { buffer }),
      }),
    ],
  })
    .overrideProvider(TRACKING_CLOCK)
    .useValue(clock)
    .overrideProvider(Log)
    .useValue(log)
    .compile();
  let ready = false;
  const init = module.init().then(() => (ready = true));
  if (buffer === undefined) await init;
  return { clock, warnings: spoken.warnings, isReady: () => ready };
}

test('warns if there is no listener for SIGTERM', async () => {
  const { clock, warnings } = await start();
  clock.advance(1_000);
  expect(warnings).toEqual([runtimeMessages.nobodyListens()]);
});

test('gives the application time to call enableShutdownHooks() after it was initialised', async () => {
  const { clock, warnings } = await start();
  process.on('SIGTERM', () => undefined);
  clock.advance(1_000);
  expect(warnings).toEqual([]);
});

test('keeps no process alive for that, and logs nothing if no event is recorded', async () => {
  const { clock } = await start();
  expect(clock.holdsProcess).toBe(false);
  const disabled = await start(false);
  disabled.clock.advance(1_000);
  expect(disabled.warnings).toEqual([]);
});

test('an application listens only after the events of earlier processes are known', async () => {
  const buffer = slowBuffer();
  const { clock, isReady } = await start(true, buffer);
  await clock.elapse(4_999);
  expect(isReady()).toBe(false);
  buffer.disk.open();
  await clock.settle();
  expect(isReady()).toBe(true);
});

test('an application starts without them if the disk is slow', async () => {
  const { clock, isReady, warnings } = await start(true, slowBuffer());
  await clock.elapse(5_000);
  expect(isReady()).toBe(true);
  expect(warnings).toEqual([runtimeMessages.openedLate(5_000)]);
});
