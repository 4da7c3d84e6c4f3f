import { expect, test } from '@jest/globals';
import type { LeaseLimits } from '../../lib/buffer/event-buffer.js';
import { LaneBench } from '../support/a-lane.js';
import { SlowBuffer, slowBuffer } from '../support/slow-buffer.js';

const DELAY_MS = 1_000;

test.each([
  ['few', 3],
  ['a full batch', 10],
])('what the buffer held back (%s) is sent as soon as it says that it may be', (_, count) => {
  const buffer = slowBuffer();
  const it = new LaneBench({ destination: { batch: { maxEvents: 10, maxDelayMs: DELAY_MS } }, buffer });
  const { disk } = buffer;
  const name = disk.setup.lanes[0]!;
  let held = true;
  disk.lease = (lane: string, limits: LeaseLimits) =>
    held ? undefined : SlowBuffer.prototype.lease.call(disk, lane, limits);
  const ids = it.give(count);
  disk.committed();
  it.clock.advance(DELAY_MS);
  expect(it.sent).toEqual([]);

  held = false;
  const waiting = disk.waiting(name);
  disk.setup.onWork(name, waiting, waiting.events);
  it.clock.advance(1);
  expect(it.sent.map((sent) => sent.ids)).toEqual([ids]);
});
