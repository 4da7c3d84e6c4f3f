import { expect, test } from '@jest/globals';
import { memory, TrackingService } from '../../lib/index.js';
import { Log } from '../../lib/host/log.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { TrackingRuntime } from '../../lib/runtime/tracking.runtime.js';
import { expectAccounted } from '../support/accounting.js';
import { ManualClock } from '../support/manual-clock.js';
import { ANN, Shop, tracking } from '../support/tracking.js';

/** A buffer that breaks its promise not to throw, as a mistake in this package would. */
const broken = {
  kind: 'broken',
  create: (setup: Parameters<ReturnType<typeof memory>['create']>[0]) =>
    Object.assign(memory().create(setup), {
      offer(): never {
        throw new TypeError('hunter2');
      },
    }),
};

test('an internal error while an event is stored is counted, and logged once with its stack', () => {
  const { service, spoken } = tracking({ buffer: broken });
  expect(service.track('Seen', {}, ANN)).toBeUndefined();
  expect(service.track('Seen', {}, ANN)).toBeUndefined();
  const stats = service.stats();
  expect(stats).toMatchObject({ called: 2, rejected: { unserialisable: 2 }, notices: { internal_error: 2 } });
  expectAccounted(stats);
  expect(spoken.errors).toEqual([expect.stringContaining('recording an event')]);
  expect(spoken.errors[0]).not.toContain('hunter2');
  // The values of the call are not to blame.
  expect(spoken.warnings).toEqual([]);
});

test('also when a hold stores an event', async () => {
  const { service } = tracking({ buffer: broken });
  await service.hold(() => void service.track('Seen', {}, ANN));
  const stats = service.stats();
  expect(stats).toMatchObject({ held: 0, rejected: { unserialisable: 1 }, notices: { internal_error: 1 } });
  expectAccounted(stats);
});

test('options that throw are a fault of the call, not of this package', () => {
  const { service, spoken } = tracking();
  const options = {
    get userId(): string {
      throw new TypeError('of the getter');
    },
  };
  expect(service.track('Seen', {}, options)).toBeUndefined();
  expect(service.stats()).toMatchObject({ rejected: { unserialisable: 1 }, notices: {} });
  expect(spoken.warnings).toEqual([expect.stringContaining('(unserialisable, TypeError)')]);
});

test('an error of the application’s logger is counted', () => {
  const fail = (): never => {
    throw new Error('of the logger');
  };
  const clock = new ManualClock();
  const log = new Log(() => clock.monotonic(), { log: fail, warn: fail, error: fail });
  const runtime = new TrackingRuntime(resolveOptions({ destinations: [new Shop()] }), clock, log);
  const service = new TrackingService(runtime);
  expect(service.track('Seen')).toBeUndefined();
  expect(service.stats()).toMatchObject({ rejected: { no_identity: 1 }, notices: { log_error: 1 } });
});
