import { describe, expect, test } from '@jest/globals';
import { Desk, expectBalanced } from '../commands/desk.js';
import {
  acceptInGroups,
  historyOf,
  numbered,
  numberOf,
  offer,
  on,
  SEGMENT,
  SEGMENT_BYTES,
  segmentsOf,
  sumOf,
  upTo,
} from './on-disk.js';

const BOTH = ['shop', 'hook'];
const MAX_BYTES = 6 * SEGMENT_BYTES;

describe('a full disk', () => {
  test('loses its settled segments, and then accepts events without a restart', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES });
    await acceptInGroups(desk, application, numbered(100));
    await desk.deliver(application, 'shop');
    const before = segmentsOf(desk).length;
    desk.files.limitFree(500);
    for (const event of numbered(20, 100)) offer(application, event);
    expect(await desk.until(application.buffer.commit())).toBe('buffered');
    expect(application.buffer.journal()).toMatchObject({ state: 'failing', cause: 'ENOSPC' });
    await desk.when(() => application.buffer.journal().state === 'open');

    expect(application.buffer.journal().uncommitted).toBe(0);
    await desk.turns(200);
    expect(segmentsOf(desk).length).toBeLessThan(before);
    expect(desk.grep('"n":50}')).toEqual([]);
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual(upTo(20).map((n) => 100 + n));
    expectBalanced(application, ['shop']);
  });

  test('loses also segments that were settled while it was full, and their events are not sent again', async () => {
    const desk = new Desk(['shop']);
    const first = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES });
    await acceptInGroups(desk, first, numbered(100));
    desk.files.limitFree(0);
    for (const event of numbered(20, 100)) offer(first, event);
    await desk.until(first.buffer.commit());
    await desk.turns(300);
    expect(first.buffer.journal().state).toBe('failing');
    expect(await desk.deliver(first, 'shop')).toHaveLength(120);
    await desk.when(() => first.buffer.journal().state === 'open');
    expectBalanced(first, ['shop']);
    await desk.turns(200);
    desk.kill(first);
    const second = await desk.open(['shop']);
    await desk.turns(100);

    expect(second.buffer.ledger('shop')).toMatchObject({ recovered: 0, pending: 0 });
  });
});

describe('a disk that fails', () => {
  for (const onFull of ['rejectNewest', 'dropOldest'] as const) {
    test(`costs no event with ${onFull} as long as all are delivered`, async () => {
      const desk = new Desk();
      const application = await desk.open(BOTH, { onFull, maxMemoryBytes: 60_000 });
      desk.files.fail(on('write', SEGMENT), { code: 'EIO', times: Infinity });
      const refused: string[] = [];
      for (let at = 0; at < 400; at += 10) {
        for (const event of numbered(10, at, BOTH)) refused.push(...offer(application, event));
        await desk.until(application.buffer.commit());
        await desk.deliver(application, 'shop');
        await desk.deliver(application, 'hook');
      }

      expect(refused).toEqual([]);
      expect(application.buffer.journal().cause).toBe('EIO');
      expect(desk.dropped).toEqual([]);
      for (const lane of BOTH) {
        expect(application.buffer.ledger(lane)).toMatchObject({ accepted: 400, delivered: 400, pending: 0 });
      }
      desk.files.mend();
      await desk.when(() => application.buffer.journal().state === 'open');
      expectBalanced(application);
    });
  }

  test('leaves no empty segments', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    const fault = desk.files.fail(on('write', SEGMENT), { code: 'EIO', times: Infinity });
    offer(application, numbered(1)[0]!);
    await desk.turns(4_000, 50);
    expect(fault.hits).toBeGreaterThan(20);
    expect(segmentsOf(desk).length).toBeLessThanOrEqual(2);
    expect(application.buffer.journal().segments).toBeLessThanOrEqual(2);

    desk.files.mend();
    await desk.when(() => application.buffer.journal().state === 'open');
    await desk.turns(20);
    expect(segmentsOf(desk)).toHaveLength(1);
  });
});

describe('a segment that cannot be removed', () => {
  test('does not stop the deletion of others, nor a write', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES, maxBytes: MAX_BYTES });
    await desk.accept(application, ...numbered(1));
    const [stuck] = segmentsOf(desk);
    desk.files.fail(on('remove', stuck!), { code: 'EACCES', times: Infinity });
    for (let at = 0; at < 200; at += 5) {
      await desk.accept(application, ...numbered(5, at));
      await desk.deliver(application, 'shop');
      await desk.turns(5);
    }

    expect(segmentsOf(desk)).toContain(stuck);
    expect(application.buffer.journal().bytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(application.buffer.ledger('shop').dropped.buffer_full).toBe(0);
    expectBalanced(application, ['shop']);
  });

  test('does not stop the deletion of older segments', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    await desk.accept(application, ...numbered(1));
    const [stuck] = segmentsOf(desk);
    desk.files.fail(on('remove', stuck!), { code: 'EACCES', times: Infinity });
    await acceptInGroups(desk, application, numbered(100, 1));
    await desk.deliver(application, 'shop');
    await desk.when(() => segmentsOf(desk).length <= 2);
    await desk.turns(500);

    const left = segmentsOf(desk).flatMap((path) => desk.files.text(path).match(/"name":/g) ?? []).length;
    const stillThere = (desk.files.text(stuck!).match(/"name":/g) ?? []).length;
    // What cannot be removed is counted all the same, once.
    expect(sumOf(historyOf(desk))).toBe(101 - left + stillThere);
  });

  test('does not stop a write beyond the bound', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES, maxBytes: MAX_BYTES });
    desk.files.fail(on('remove', SEGMENT), { code: 'EACCES', times: Infinity });
    for (let at = 0; at < 200; at += 5) {
      await desk.accept(application, ...numbered(5, at));
      await desk.deliver(application, 'shop');
    }

    expect(application.buffer.journal()).toMatchObject({ state: 'open', cause: null });
    expect(application.buffer.journal().bytes).toBeGreaterThan(MAX_BYTES);
    expect(application.buffer.ledger('shop')).toMatchObject({ delivered: 200, dropped: { buffer_full: 0 } });
  });
});
