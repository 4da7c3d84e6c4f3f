import { expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { Log } from '../../../../lib/host/log.js';
import { nodeFiles } from '../../../../lib/buffer/journal/files/node-files.js';
import { resolveJournalOptions } from '../../../../lib/buffer/journal/options/journal-options.js';
import { TaskRunner } from '../../../../lib/buffer/journal/upkeep/upkeep.js';
import { ManualClock } from '../../../support/manual-clock.js';

function setUp(): { runner: TaskRunner; clock: ManualClock; log: Log; errors: string[] } {
  const clock = new ManualClock();
  const errors: string[] = [];
  const sink = { log: () => undefined, warn: () => undefined, error: (line: string) => errors.push(line) };
  const log = new Log(() => clock.monotonic(), sink);
  const options = resolveJournalOptions({ directory: tmpdir() });
  const runner = new TaskRunner({ files: nodeFiles, clock, log, options }, () => false);
  return { runner, clock, log, errors };
}

test('an error in our own code leaves a trace at once', async () => {
  const { runner, log, errors } = setUp();
  await runner.run('retention', () => Promise.reject(new TypeError('x is not a function')));
  expect(log.faults.internal).toBe(1);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('retention');
  expect(errors[0]).not.toContain('x is not a function');
});

test('a failure of the disk is logged when it lasts, and is no internal error', async () => {
  const { runner, clock, log, errors } = setUp();
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
  await runner.run('retention', fail);
  clock.advance(1_999);
  await runner.run('retention', fail);
  expect(errors).toEqual([]);
  clock.advance(1);
  await runner.run('retention', fail);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('EIO');
  expect(log.faults.internal).toBe(0);
});

test('a failure that has ended does not count as lasting', async () => {
  const { runner, clock, errors } = setUp();
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
  await runner.run('retention', fail);
  clock.advance(3_000);
  await runner.run('retention', () => Promise.resolve());
  await runner.run('retention', fail);
  expect(errors).toEqual([]);
});
