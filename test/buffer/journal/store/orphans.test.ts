import { describe, expect, test } from '@jest/globals';
import { strandedOf } from '../../../support/accounting.js';
import { Desk, expectBalanced, type Application } from '../commands/desk.js';
import {
  acceptInGroups,
  historyOf,
  numbered,
  numberOf,
  offer,
  SEGMENT_BYTES,
  sumOf,
  upTo,
} from './on-disk.js';
import { lettersOf } from '../../../support/letters-of.js';

const BOTH = ['shop', 'hook'];
const MAX_BYTES = 6 * SEGMENT_BYTES;
const DAY_MS = 86_400_000;
const RETAIN_DAYS = 3;
/** Time until a folder is given back. */
const LEASE_TURNS = 1_500;

/** Many events are pending for `hook`, and two for `shop`; then only `shop` is configured. */
async function withOrphans(desk: Desk, onFull: 'dropOldest' | 'rejectNewest'): Promise<Application> {
  const first = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES });
  await acceptInGroups(desk, first, numbered(300, 1_000, ['hook']));
  await desk.accept(first, ...numbered(2));
  desk.kill(first);
  const second = await desk.open(['shop'], {
    segmentBytes: SEGMENT_BYTES,
    maxBytes: MAX_BYTES,
    retain: { days: RETAIN_DAYS },
    onFull,
  });
  await desk.turns(LEASE_TURNS);
  expect(strandedOf(second.buffer.journal())).toEqual({ hook: 300 });
  expect(second.buffer.journal().bytes).toBeGreaterThan(2 * MAX_BYTES);
  return second;
}

describe('events of a lane that is not configured any more', () => {
  for (const onFull of ['dropOldest', 'rejectNewest'] as const) {
    test(`drop no events of other lanes, with ${onFull}`, async () => {
      const desk = new Desk();
      const application = await withOrphans(desk, onFull);
      const refused: string[] = [];
      const waits = application.buffer.lease('shop', { maxEvents: 2, maxBytes: 10_000 })!;
      for (let at = 2; at < 200; at += 5) {
        for (const event of numbered(5, at)) refused.push(...offer(application, event));
        expect(await desk.until(application.buffer.commit())).toBe('committed');
        await desk.deliver(application, 'shop');
        await desk.turns(5);
      }
      application.buffer.settle('shop', waits.token, waits.events, { state: 'delivered' });

      expect(refused).toEqual([]);
      expect(application.buffer.ledger('shop')).toMatchObject({ delivered: 202, pending: 0 });
      expect(application.buffer.ledger('shop').dropped.buffer_full).toBe(0);
      expect(strandedOf(application.buffer.journal())).toEqual({ hook: 300 });
      expectBalanced(application, ['shop']);
    });
  }

  test('stop drops in their segment, which would make no room', async () => {
    const desk = new Desk();
    const first = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES });
    await acceptInGroups(desk, first, numbered(200, 0, BOTH));
    desk.kill(first);
    const second = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES, maxBytes: MAX_BYTES });
    await desk.turns(LEASE_TURNS);
    await acceptInGroups(desk, second, numbered(50, 200));
    await desk.turns(300);

    expect(second.buffer.journal().bytes).toBeGreaterThan(MAX_BYTES);
    expect(second.buffer.ledger('shop')).toMatchObject({ pending: 250, dropped: { buffer_full: 0 } });
    expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(250));
    expectBalanced(second, ['shop']);
  });

  test('are dropped after `retain.days` by a running process, and counted as lane_removed', async () => {
    const desk = new Desk();
    const application = await withOrphans(desk, 'dropOldest');
    // It is not given back as long as a configured lane has events in it.
    const waits = application.buffer.lease('shop', { maxEvents: 2, maxBytes: 10_000 })!;
    desk.clock.advance((RETAIN_DAYS - 1) * DAY_MS);
    await desk.turns(300);
    expect(strandedOf(application.buffer.journal())).toEqual({ hook: 300 });
    desk.clock.advance(DAY_MS);
    await desk.when(() => strandedOf(application.buffer.journal())['hook'] === undefined);
    await desk.turns(1_000);
    expect(application.buffer.journal().bytes).toBeLessThan(2 * SEGMENT_BYTES);

    const removed = historyOf(desk).filter(({ reason }) => reason === 'lane_removed');
    expect(removed.every(({ lane, state }) => lane === 'hook' && state === 'dropped')).toBe(true);
    const lines = desk.spoken.spoken.warnings.filter((line) => line.includes('lane_removed'));
    expect(lines).toEqual([expect.stringContaining('300 events')]);
    // All but those with pending events of configured lanes.
    expect(sumOf(removed)).toBeGreaterThan(270);
    application.buffer.settle('shop', waits.token, waits.events, { state: 'returned' });
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual([0, 1]);
    expectBalanced(application, ['shop']);
  });

  test('are given back with their folder, also if it has dead letters of configured lanes', async () => {
    const desk = new Desk();
    const first = await desk.open(BOTH);
    await desk.accept(first, ...numbered(1));
    await desk.bury(first, 'shop');
    await desk.accept(first, ...numbered(5, 1, ['hook']));
    await desk.turns(100);
    desk.kill(first);
    const second = await desk.open(['shop']);
    await desk.when(() => second.buffer.ledger('shop').dead === 1);
    await desk.when(() => second.buffer.ledger('shop').handedOver === 1);
    await desk.turns(LEASE_TURNS);
    expect(second.buffer.ledger('shop')).toMatchObject({ dead: 0, recovered: 0, adopted: 1 });
    expect(await desk.until(lettersOf(second.buffer, 'shop'))).toEqual([]);
    // They have no owner again, and stay visible.
    expect(strandedOf(second.buffer.journal())).toEqual({ hook: 5 });
    expectBalanced(second, ['shop']);

    const third = await desk.open(BOTH);
    await desk.turns(100);
    expect(third.buffer.ledger('shop')).toMatchObject({ dead: 1, pending: 0 });
    expect(await desk.deliver(third, 'hook')).toHaveLength(5);
    expectBalanced(third);
  });
});
