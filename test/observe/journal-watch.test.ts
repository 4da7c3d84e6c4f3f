import { describe, expect, test } from '@jest/globals';
import { type LifecycleEvent, LifecycleStream } from '../../lib/observe/lifecycle.js';
import { JournalWatch } from '../../lib/observe/journal-watch.js';
import { ManualClock } from '../support/manual-clock.js';
import { aLog } from '../support/spoken-log.js';
import { observeMessages } from '../../lib/observe/observe.messages.js';

const FULL = observeMessages.journalFailing('ENOSPC', undefined);
const BACK = observeMessages.journalOpen();

function aWatch() {
  const clock = new ManualClock();
  const { log, spoken } = aLog(() => clock.monotonic());
  const happened: LifecycleEvent[] = [];
  const lifecycle = new LifecycleStream(
    (fn) => clock.soon(fn),
    () => undefined,
  );
  lifecycle.observable.subscribe((event) => happened.push(event));
  return { clock, spoken, happened, watch: new JournalWatch(clock, log, lifecycle) };
}

describe('a journal whose disk fails', () => {
  test('is logged once, and once more when it accepts writes again', () => {
    const { watch, spoken, clock } = aWatch();
    watch.changed('failing', 'ENOSPC');
    watch.changed('failing', 'ENOSPC');
    clock.advance(5_000);
    watch.changed('open', undefined);
    expect([spoken.errors, spoken.infos]).toEqual([[FULL], [BACK]]);
    expect(clock.timers).toBe(0);
  });

  test('is logged with its meaning and a remedy', () => {
    expect(FULL).toMatch(/ENOSPC.*from memory.*'buffered'.*Free disk space/);
    expect(observeMessages.journalFailing(undefined, undefined)).not.toContain('undefined');
  });

  test('is logged once a minute if the disk alternates, and the last line is current', () => {
    const { watch, spoken, clock } = aWatch();
    for (let i = 0; i < 10; i++) {
      watch.changed('failing', 'EIO');
      clock.advance(100);
      watch.changed('open', undefined);
      clock.advance(100);
    }
    watch.changed('failing', 'ENOSPC');
    expect([spoken.errors.length, spoken.infos.length]).toEqual([1, 1]);
    expect(clock.holdsProcess).toBe(false);
    clock.advance(60_000);
    expect(spoken.errors.at(-1)).toBe(FULL);
    expect([spoken.errors.length, spoken.infos.length]).toEqual([2, 1]);
  });

  test('that opens normally logs nothing', () => {
    const { watch, spoken } = aWatch();
    watch.changed('open', undefined);
    expect(spoken.all).toEqual([]);
  });

  test('leaves no timer behind', () => {
    const { watch, clock } = aWatch();
    watch.changed('failing', 'EIO');
    watch.changed('open', undefined);
    watch.changed('failing', 'EIO');
    expect(clock.timers).toBe(1);
    watch.end();
    expect(clock.timers).toBe(0);
  });

  test('is seen in the lifecycle each time, with its cause', () => {
    const { watch, clock, happened } = aWatch();
    watch.changed('failing', 'ENOSPC');
    watch.changed('open', undefined);
    clock.run();
    const at = clock.now();
    expect(happened).toEqual([
      { type: 'journal_failing', at, cause: 'ENOSPC' },
      { type: 'journal_open', at },
    ]);
  });
});
