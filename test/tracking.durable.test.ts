import { describe, expect, test } from '@jest/globals';
import { keyedId } from '../lib/event/event-id.js';
import type { LifecycleEvent, TrackingModuleOptions } from '../lib/index.js';
import { expectAccounted } from './support/accounting.js';
import { anEvent } from './support/an-event.js';
import { slowBuffer } from './support/slow-buffer.js';
import { ANN, Shop, tracking } from './support/tracking.js';
import { observeMessages } from '../lib/observe/observe.messages.js';
import { runtimeMessages } from '../lib/runtime/runtime.messages.js';

function durable(options: Partial<TrackingModuleOptions> = {}) {
  const buffer = slowBuffer();
  const it = tracking({ buffer, ...options });
  return { ...it, disk: buffer.disk };
}

describe('a buffer that outlives the process is given', () => {
  test('the accounts of its lanes, and never a credential', () => {
    const shop = new Shop('shop', { account: ['shop.example', 'sesame-open'], secrets: ['sesame-open'] });
    const { disk } = durable({ destinations: [shop, new Shop('other')], namespace: 'billing' });
    const { accounts, namespace, lanes, maxKeyAgeMs } = disk.setup;
    expect(lanes).toEqual(['shop', 'other']);
    expect(accounts).toMatchObject({ shop: { kind: 'shop', host: 'shop.example' }, other: { host: '' } });
    expect(JSON.stringify(disk.setup.accounts)).not.toContain('sesame');
    expect({ namespace, maxKeyAgeMs }).toEqual({ namespace: 'billing', maxKeyAgeMs: 86_400_000 });
  });

  test('nothing at all where tracking is disabled: it is not even made', async () => {
    const buffer = slowBuffer();
    const { service, runtime } = tracking({ buffer, enabled: false });
    await runtime.opened();
    service.track('Bought', {}, ANN);
    expect(buffer.made).toEqual([]);
    expect(service.stats()).toMatchObject({ suppressed: { disabled: 1 }, journal: null });
    await runtime.close();
  });
});

describe('record()', () => {
  test('starts a commit at once, and tells that it is committed', async () => {
    const { service, disk } = durable();
    const recorded = service.record('Paid', {}, ANN);
    expect(disk.asked).toEqual(['commit']);
    disk.committed();
    expect(await recorded).toMatchObject({ state: 'committed' });
    expect(service.stats().notices).toEqual({});
  });

  test('is buffered if the disk rejects writes, which is counted and logged once', async () => {
    const { service, disk, spoken, clock } = durable();
    for (let i = 0; i < 2; i++) {
      const recorded = service.record('Paid', {}, ANN);
      disk.committed('buffered');
      expect(await recorded).toMatchObject({ state: 'buffered' });
    }
    expect(service.stats().notices).toEqual({ commit_failed: 2 });
    expect(spoken.warnings).toEqual([runtimeMessages.notCommitted()]);
    expect(clock.timers).toBe(1); // the lane's
  });

  test('is buffered where the disk hangs, counted once', async () => {
    const { service, disk, clock } = durable({ commitTimeoutMs: 50 });
    const recorded = service.record('Paid', {}, ANN);
    await clock.elapse(50);
    expect(await recorded).toMatchObject({ state: 'buffered' });
    disk.committed('buffered');
    await clock.settle();
    expect(service.stats()).toMatchObject({ accepted: 1, notices: { commit_failed: 1 } });
  });
});

describe('record() never rejects', () => {
  test.each<[string, () => Promise<never>]>([
    [
      'throws',
      () => {
        throw new TypeError('hunter2');
      },
    ],
    ['is rejected', () => Promise.reject(new TypeError('hunter2'))],
  ])(
    'where the commit of the buffer %s: the event is buffered, and the error leaves a trace',
    async (_, fail) => {
      const { service, disk, spoken } = durable();
      disk.commit = fail;
      expect(await service.record('Paid', {}, ANN)).toMatchObject({ state: 'buffered' });
      expect(service.stats()).toMatchObject({
        accepted: 1,
        notices: { internal_error: 1, commit_failed: 1 },
      });
      expect(spoken.errors).toEqual([expect.stringContaining('committing events')]);
      expect(spoken.errors.join('')).not.toContain('hunter2');
    },
  );
});

describe('flush()', () => {
  test('starts a commit, and waits for what it commits', async () => {
    const { service, disk, clock } = durable();
    service.track('Bought', {}, ANN);
    const report = service.flush();
    expect(disk.asked).toEqual(['commit']);
    await clock.elapse(50);
    disk.committed();
    await clock.elapse(50);
    expect(await report).toEqual({ delivered: 1, pending: 0, dead: 0, timedOut: false });
  });

  test('ends by itself where the disk hangs', async () => {
    const { service, clock } = durable();
    service.track('Bought', {}, ANN);
    const report = service.flush({ timeoutMs: 500 });
    await clock.elapse(500, 5);
    expect(await report).toEqual({ delivered: 0, pending: 1, dead: 0, timedOut: true });
  });

  test('ends if the disk rejects writes and events are delivered from memory', async () => {
    const { service, disk, clock } = durable();
    service.track('Bought', {}, ANN);
    const report = service.flush();
    disk.setup.onState('failing', 'ENOSPC');
    disk.committed('buffered');
    await clock.elapse(50);
    expect(await report).toMatchObject({ delivered: 1, timedOut: false });
  });
});

describe('events that the disk lost', () => {
  test('are one signal with their number, because their ids are unknown', async () => {
    const { service, disk, spoken, clock } = durable();
    const seen: LifecycleEvent[] = [];
    service.lifecycle$.subscribe((event) => seen.push(event));
    disk.setup.onLost('shop', 'damaged', 12);
    clock.advance(1);
    expect(seen).toEqual([
      { type: 'dropped', lane: 'shop', reason: 'damaged', count: 12, at: expect.any(Number) },
    ]);
    expect(spoken.all).toEqual([]);
  });
});

describe('at start', () => {
  test('waits until the events of earlier processes are known', async () => {
    const { runtime, disk, clock, spoken } = durable();
    let opened = false;
    void runtime.opened().then(() => (opened = true));
    await clock.elapse(4_000);
    expect(opened).toBe(false);
    disk.open();
    await clock.settle();
    expect([opened, clock.timers, spoken.all]).toEqual([true, 0, []]);
  });

  test('but no longer than five seconds, and logs it', async () => {
    const { runtime, clock, spoken } = durable();
    const opened = runtime.opened();
    await clock.elapse(5_000);
    await opened;
    expect(spoken.warnings).toEqual([runtimeMessages.openedLate(5_000)]);
  });

  test('delivers what was found before the lanes were there', async () => {
    const event = anEvent();
    const buffer = slowBuffer();
    const create: typeof buffer.create = (setup) => {
      const made = buffer.create(setup);
      buffer.disk.found('shop', [event]);
      buffer.disk.read('shop');
      return made;
    };
    const { clock, service } = tracking({ buffer: { kind: 'slow', create } });
    await clock.elapse(3_600_000 + 50, 2);
    expect(service.stats().lanes['shop']).toMatchObject({ recovered: 1, delivered: 1, pending: 0 });
    expectAccounted(service.stats());
  });

  test('knows the keys of earlier processes until they expire', () => {
    const { service, disk, clock } = durable({ namespace: 'n', dedup: { maxAgeMs: 1_000 } });
    const id = (key: string) => keyedId('n', 'track', 'Paid', key);
    disk.setup.onKey(id('a'), clock.now() - 400);
    disk.setup.onKey(id('b'), clock.now() - 1_000);
    const paid = (key: string) => service.track('Paid', {}, { ...ANN, key });
    expect([paid('a'), paid('b')]).toEqual([id('a'), id('b')]);
    expect(service.stats()).toMatchObject({ accepted: 1, duplicate: 1 });
    clock.advance(600);
    paid('a');
    expect(service.stats()).toMatchObject({ accepted: 2, duplicate: 1 });
  });

  test('accepts a key again whose event turned out to be lost', () => {
    const { service, disk } = durable({ namespace: 'n' });
    const id = keyedId('n', 'track', 'Paid', 'a');
    disk.found('shop', [anEvent({ id })]);
    disk.setup.onKey(id, disk.setup.clock.now());
    disk.damaged('shop');
    service.track('Paid', {}, { ...ANN, key: 'a' });
    expect(service.stats()).toMatchObject({ accepted: 1, duplicate: 0 });
    expect(service.stats().lanes['shop']).toMatchObject({ recovered: 1, dropped: { damaged: 1 } });
    expectAccounted(service.stats());
  });
});

describe('at shutdown', () => {
  test('what is recorded until the last moment is kept, and nothing is told as lost', async () => {
    const { service, runtime, disk, clock, spoken, platform } = durable({ shutdown: { timeoutMs: 100 } });
    platform.reply = () => ({ afterMs: 1e9 });
    disk.closesAtOnce = false;
    service.track('Bought', {}, ANN);
    disk.committed();
    const closed = runtime.close();
    await clock.elapse(200, 2);
    expect(disk.asked).toEqual(['commit', 'close']);
    service.track('Bought', {}, ANN);
    expect(service.stats()).toMatchObject({ accepted: 2, rejected: {} });
    disk.endClose();
    await closed;
    service.track('Bought', {}, ANN);
    const stats = service.stats();
    expect(stats).toMatchObject({ accepted: 2, rejected: { closed: 1 } });
    expect(stats.lanes['shop']).toMatchObject({ handedOver: 2, pending: 0 });
    expect(Object.keys(stats.lanes['shop']!.dropped)).toEqual([]);
    expectAccounted(stats);
    expect(spoken.infos).toEqual([runtimeMessages.staysInJournal('shop', 2, undefined)]);
    expect(spoken.errors).toEqual([]);
  });

  test('a drain begins with a commit', () => {
    const { service, runtime, disk } = durable();
    service.track('Bought', {}, ANN);
    runtime.shutdown.beginDrain();
    expect(disk.asked).toEqual(['commit']);
  });

  test('nothing is said where everything was delivered', async () => {
    const { service, runtime, disk, clock, spoken } = durable();
    service.track('Bought', {}, ANN);
    disk.committed();
    const closed = runtime.close();
    await clock.elapse(100);
    await closed;
    expect(service.stats().lanes['shop']).toMatchObject({ delivered: 1, handedOver: 0 });
    expect(spoken.all).toEqual([]);
  });

  test('a disk that hangs does not hold it up', async () => {
    const { service, runtime, disk, clock, spoken } = durable({ shutdown: { timeoutMs: 100 } });
    disk.closesAtOnce = false;
    service.track('Bought', {}, ANN);
    const closed = runtime.close();
    await clock.elapse(6_000, 6);
    await closed;
    expect(spoken.errors).toEqual([runtimeMessages.closedLate(5_000)]);
  });
});

describe('when the process exits', () => {
  test('saves what it can, and tells nothing as lost', () => {
    const { service, runtime, disk, spoken } = durable();
    service.track('Bought', {}, ANN);
    runtime.shutdown.onProcessExit();
    expect(disk.asked).toEqual(['saveNow']);
    expect(spoken.all).toEqual([]);
  });

  test('tells what the disk did not take', () => {
    const { service, runtime, disk, spoken } = durable();
    disk.cause = 'ENOSPC';
    service.track('Bought', {}, ANN);
    runtime.shutdown.onProcessExit();
    expect(spoken.errors).toEqual([runtimeMessages.unsavedOnExit(1)]);
  });
});

describe('a disk that fails', () => {
  test('is seen in stats(), in lifecycle$ and in the log', () => {
    const { service, disk, clock, spoken } = durable();
    const seen: LifecycleEvent['type'][] = [];
    service.lifecycle$.subscribe(({ type }) => seen.push(type));
    disk.cause = 'ENOSPC';
    disk.setup.onState('failing', 'ENOSPC');
    expect(service.stats().journal).toMatchObject({ state: 'failing', cause: 'ENOSPC' });
    disk.cause = null;
    disk.setup.onState('open', undefined);
    clock.run();
    expect(seen).toEqual(['journal_failing', 'journal_open']);
    expect(spoken.errors).toEqual([observeMessages.journalFailing('ENOSPC', undefined)]);
    expect(spoken.infos).toEqual([observeMessages.journalOpen()]);
    expect(service.stats().journal).toMatchObject({ state: 'open', cause: null });
  });
});

test('no event is too old for a buffer that outlives the process, unless the application says so', async () => {
  const { service, disk, clock, platform } = durable();
  platform.reply = () => ({ afterMs: 10, status: 503 });
  service.track('Bought', {}, ANN);
  disk.committed();
  await clock.elapse(3 * 86_400_000, 72);
  expect(service.stats().lanes['shop']).toMatchObject({ pending: 1, delivered: 0 });
});
