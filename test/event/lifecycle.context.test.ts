import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { systemClock } from '../../lib/host/clock.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { TrackingRuntime } from '../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { aLog } from '../support/spoken-log.js';
import { ManualClock } from '../support/manual-clock.js';
import { PlatformDispatcher } from '../support/platform-dispatcher.js';
import { Shop } from '../support/tracking.js';

test('a subscriber of lifecycle$ runs outside of the request that recorded the event', async () => {
  const options = resolveOptions({
    destinations: [new Shop()],
    shutdown: { timeoutMs: 1 },
    dispatcher: new PlatformDispatcher(new ManualClock()),
  });
  const runtime = new TrackingRuntime(options, systemClock, aLog(() => 0).log);
  const service = new TrackingService(runtime);
  const told: unknown[] = [];
  const all = new EventTarget();
  service.lifecycle$.subscribe(({ event }) => {
    told.push([event?.userId, service.identity()]);
    if (told.length === 2) all.dispatchEvent(new Event('told'));
  });
  const done = once(all, 'told');
  for (const userId of ['ann', 'bob']) service.runAs({ userId }, () => service.track('Bought'));
  await done;
  expect(told).toEqual([
    ['ann', undefined],
    ['bob', undefined],
  ]);
  await runtime.close();
});
