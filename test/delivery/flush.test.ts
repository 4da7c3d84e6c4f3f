import { describe, expect, jest, test } from '@jest/globals';
import { LaneQueue } from '../../lib/delivery/lane-queue.js';
import { LaneBench } from '../support/a-lane.js';
import { slowBuffer } from '../support/slow-buffer.js';
import { ANN, Shop, tracking, type Tracking } from '../support/tracking.js';

type FlushOptions = Parameters<Tracking['service']['flush']>[0];

async function flushed(it: Tracking, options?: unknown) {
  const report = it.service.flush(options as FlushOptions);
  await it.clock.elapse(20_000, 20);
  return report;
}

describe('a flush whose time ran out', () => {
  test('is waited for no longer', async () => {
    const it = new LaneBench({ destination: { batch: { maxEvents: 10, maxDelayMs: 0 } } });
    it.platform = () => null;
    it.give(1);
    let ended = 0;
    const cancel = it.lane.flush(() => ended++);
    it.lane.flush(() => (ended += 10));
    it.clock.advance(1);
    cancel();
    await it.lane.close();
    expect(ended).toBe(10);
  });

  test('leaves nothing behind, with any number of flushes', async () => {
    const it = tracking();
    it.platform.reply = () => ({ afterMs: 1e9 });
    it.service.track('Bought', {}, ANN);
    const left: boolean[] = [];
    const flush = jest.spyOn(LaneQueue.prototype, 'flush');
    try {
      for (let i = 0; i < 5; i++) {
        const report = it.service.flush({ timeoutMs: 100 });
        await it.clock.elapse(200, 2);
        expect(await report).toMatchObject({ timedOut: true, pending: 1 });
        left.push((flush.mock.contexts[0] as LaneQueue).isFlushing);
      }
    } finally {
      flush.mockRestore();
    }
    expect(left).toEqual([false, false, false, false, false]);
  });
});

test.each([
  ['memory()', undefined],
  ['a durable buffer', slowBuffer()],
])('a flush that the shutdown ends counts undelivered events as pending: %s', async (_, buffer) => {
  const it = tracking({ ...(buffer && { buffer }), shutdown: { timeoutMs: 1_000 } });
  it.platform.reply = () => ({ status: 503 });
  it.service.track('Bought', {}, ANN);
  const report = it.service.flush({ timeoutMs: 60_000 });
  buffer?.disk.committed();
  await it.clock.elapse(100, 10);
  const closed = it.runtime.close();
  await it.clock.elapse(2_000, 20);
  await closed;
  expect(await report).toEqual({ delivered: 0, pending: 1, dead: 0, timedOut: false });
  expect(it.service.stats().lanes['shop']).toMatchObject({ pending: 0 });
});

describe('a flush never rejects', () => {
  const hostile = new Proxy([], {
    get: () => {
      throw new Error('hostile');
    },
  });

  test.each([
    ['a number', 7],
    ['an object', {}],
    ['null', null],
    ['text', 'shop'],
    ['an array that throws', hostile],
  ])('where `destinations` is %s: it flushes all', async (_, destinations) => {
    const it = tracking();
    it.service.track('Bought', {}, ANN);
    expect(await flushed(it, { destinations })).toEqual({
      delivered: 1,
      pending: 0,
      dead: 0,
      timedOut: false,
    });
  });

  test('ignores unknown names', async () => {
    const it = tracking();
    it.service.track('Bought', {}, ANN);
    expect(await flushed(it, { destinations: ['nowhere', 7] })).toMatchObject({ delivered: 0, pending: 0 });
    expect(await flushed(it, { destinations: ['nowhere', 'shop'] })).toMatchObject({ delivered: 1 });
  });
});

test('a flush counts every dead letter, also if older ones make room', async () => {
  const shop = new Shop('shop', {
    decode: (_, batch) => new Map(batch.map(({ event }) => [event.id, { kind: 'rejected' } as const])),
  });
  const it = tracking({ destinations: [shop], deadLetters: { maxEvents: 2 } });
  const deaths: number[] = [];
  for (const count of [1, 3, 2]) {
    for (let i = 0; i < count; i++) it.service.track('Bought', {}, ANN);
    deaths.push((await flushed(it)).dead);
  }
  expect(deaths).toEqual([1, 3, 2]);
});
