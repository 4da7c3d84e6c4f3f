import { describe, expect, test } from '@jest/globals';
import { anEvent } from '../support/an-event.js';
import { answer, LaneBench, type LaneOptions } from '../support/a-lane.js';
import { slowBuffer } from '../support/slow-buffer.js';

const DELAY_MS = 1_000;

function aLane(options: LaneOptions = {}) {
  const buffer = slowBuffer();
  const it = new LaneBench({
    destination: { batch: { maxEvents: 10, maxDelayMs: DELAY_MS } },
    ...options,
    buffer,
  });
  const flush = () => {
    const state = { ended: false };
    it.lane.flush(() => (state.ended = true));
    it.clock.run();
    return state;
  };
  return { it, disk: buffer.disk, flush };
}

describe('events that are not on the disk yet', () => {
  test('are not sent', () => {
    const { it } = aLane();
    it.give(20);
    it.clock.advance(60_000);
    expect(it.sent).toEqual([]);
  });

  test('arrive as a group, and wait for company since they were accepted', () => {
    const { it, disk } = aLane();
    const ids = it.give(3);
    it.clock.advance(20);
    disk.committed();
    it.clock.advance(DELAY_MS - 21);
    expect(it.sent).toEqual([]);
    it.clock.advance(1);
    expect(it.sent.map((sent) => sent.ids)).toEqual([ids]);
  });

  test('do not hide that a group arrived before them', () => {
    const { it, disk } = aLane();
    it.give(5);
    disk.committed('committed', 2);
    it.clock.advance(DELAY_MS);
    expect(it.sent.map((sent) => sent.ids.length)).toEqual([2]);
  });

  test('are sent in their time also while a failed batch waits for its own', () => {
    const { it, disk } = aLane({ retry: { minDelayMs: 60_000 } });
    it.platform = ({ ids }) => ({ result: answer(ids.length === 10 ? 503 : 200) });
    it.give(10);
    disk.committed();
    it.clock.advance(50);
    expect(it.sent).toHaveLength(1);
    it.give(2);
    disk.committed('committed', 1);
    it.clock.advance(DELAY_MS + 10);
    expect(it.sent).toHaveLength(2);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 11 });
  });

  test('are sent in full batches', () => {
    const { it, disk } = aLane();
    it.give(25);
    disk.committed();
    it.clock.advance(15);
    expect(it.sent.map((sent) => sent.ids.length)).toEqual([10, 10]);
    it.clock.advance(DELAY_MS);
    expect(it.ledger).toMatchObject({ delivered: 25, pending: 0 });
  });
});

describe('a flush', () => {
  test('waits for uncommitted events, and sends them after the commit', () => {
    const { it, disk, flush } = aLane();
    it.give(2);
    const state = flush();
    it.clock.advance(500);
    expect([state.ended, it.sent.length]).toEqual([false, 0]);
    disk.committed();
    it.clock.advance(1);
    expect([state.ended, it.sent.length]).toEqual([false, 1]);
    it.clock.advance(10);
    expect(state.ended).toBe(true);
    expect(it.ledger).toMatchObject({ delivered: 2, pending: 0 });
  });

  test('waits for events of an earlier process, before any call', () => {
    const { it, disk, flush } = aLane();
    disk.found('shop', [anEvent(), anEvent()]);
    const state = flush();
    expect(state.ended).toBe(false);
    disk.read('shop');
    it.clock.advance(11);
    expect(state.ended).toBe(true);
    expect(it.ledger).toMatchObject({ recovered: 2, delivered: 2 });
  });

  test('does not wait for later events', () => {
    const { it, disk, flush } = aLane();
    it.give(1);
    disk.committed();
    const state = flush();
    it.give(1);
    it.clock.advance(10);
    expect(state.ended).toBe(true);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 1 });
  });

  test('ends when the events cannot be read', () => {
    const { it, disk, flush } = aLane();
    disk.found('shop', [anEvent()]);
    const state = flush();
    expect(state.ended).toBe(false);
    disk.damaged('shop');
    it.clock.run();
    expect(state.ended).toBe(true);
    expect(it.dropped).toMatchObject([{ reason: 'damaged' }]);
  });

  test('does not wait for a disk if the platform rejects everything', () => {
    const { it, disk, flush } = aLane();
    it.platform = () => ({ result: answer(401) });
    it.give(1);
    disk.committed();
    it.clock.advance(DELAY_MS + 50);
    expect(it.lane.state.parked).toBe('unauthorized');
    it.give(1);
    expect(flush().ended).toBe(true);
  });
});

describe('the process', () => {
  test('lives while events are on their way from the disk', () => {
    const { it, disk } = aLane();
    disk.found('shop', [anEvent()]);
    it.lane.onWork(disk.waiting('shop'), 1);
    expect(it.clock.holdsProcess).toBe(true);
    it.clock.advance(60_000);
    expect(it.clock.holdsProcess).toBe(true);
    disk.read('shop');
    it.clock.advance(DELAY_MS + 50);
    expect(it.ledger).toMatchObject({ delivered: 1 });
    expect(it.clock.holdsProcess).toBe(false);
    expect(it.clock.timers).toBe(0);
  });

  test('may end while only a parked lane waits for a disk', () => {
    const { it, disk } = aLane();
    it.platform = () => ({ result: answer(401) });
    it.give(1);
    disk.committed();
    it.clock.advance(DELAY_MS + 50);
    disk.found('shop', [anEvent()]);
    it.clock.advance(10_000);
    expect(it.lane.state.parked).toBe('unauthorized');
    expect(it.clock.holdsProcess).toBe(false);
  });

  test('keeps the process alive for uncommitted events behind others in flight', () => {
    const { it, disk } = aLane();
    it.give(1);
    disk.committed();
    it.give(1);
    it.clock.advance(DELAY_MS + 50);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 1 });
    expect(it.clock.holdsProcess).toBe(true);
  });
});

test('a lane finds events that were not announced', () => {
  const { it, disk } = aLane();
  disk.found('shop', [anEvent()]);
  it.lane.onWork(disk.waiting('shop'), 1);
  disk.read('shop', false);
  it.clock.advance(10_050);
  expect(it.ledger).toMatchObject({ delivered: 1 });
});
