import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { TRACKING_CLOCK } from '../lib/host/clock.js';
import { Log } from '../lib/host/log.js';
import { TrackingModule, webhook } from '../lib/index.js';
import { optionMessages } from '../lib/options.messages.js';
import { ManualClock } from './support/manual-clock.js';
import { aLog } from './support/spoken-log.js';

const listeners = process.listeners('SIGTERM');
beforeEach(() => {
  process.removeAllListeners('SIGTERM');
});
afterEach(() => {
  process.removeAllListeners('SIGTERM');
  for (const listener of listeners) process.on('SIGTERM', listener);
});

async function start(enabled = true) {
  const clock = new ManualClock();
  const { log, spoken } = aLog(() => clock.monotonic());
  const module = await Test.createTestingModule({
    imports: [TrackingModule.forRoot({ enabled, destinations: [webhook({ url: 'http://127.0.0.1:9/' })] })],
  })
    .overrideProvider(TRACKING_CLOCK)
    .useValue(clock)
    .overrideProvider(Log)
    .useValue(log)
    .compile();
  await module.init();
  return { clock, warnings: spoken.warnings };
}

test('warns when nobody listens for SIGTERM', async () => {
  const { clock, warnings } = await start();
  clock.advance(1_000);
  expect(warnings).toEqual([optionMessages.nobodyListens()]);
});

test('gives the application time to call enableShutdownHooks() after it was initialised', async () => {
  const { clock, warnings } = await start();
  process.on('SIGTERM', () => undefined);
  clock.advance(1_000);
  expect(warnings).toEqual([]);
});

test('keeps no process alive for that, and is silent where nothing is recorded', async () => {
  const { clock } = await start();
  expect(clock.holdsProcess).toBe(false);
  const disabled = await start(false);
  disabled.clock.advance(1_000);
  expect(disabled.warnings).toEqual([]);
});
