import { describe, expect, test } from '@jest/globals';
import { Desk, DIRECTORY, expectBalanced, type Application } from '../commands/desk.js';
import {
  acceptInGroups,
  numbered,
  numberOf,
  offer,
  on,
  readSegment,
  SEGMENT,
  SEGMENT_BYTES,
  segmentsOf,
} from './on-disk.js';

const BOTH = ['shop', 'hook'];
const HOUR_MS = 3_600_000;
const OPTIONS = { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } };

/** The first segment has an event that is pending for `hook`, and the originals of events that were written again behind it. */
async function withCopies(desk: Desk): Promise<Application> {
  const application = await desk.open(BOTH, OPTIONS);
  await desk.accept(application, ...numbered(1, 0, BOTH));
  // The disk writes all of it, and reports a failure.
  desk.files.fail(on('write', SEGMENT), { code: 'EIO', does: 'all' });
  for (const event of numbered(5, 1)) offer(application, event);
  await desk.until(application.buffer.commit());
  await desk.when(() => application.buffer.journal().uncommitted === 0);
  expect(desk.grep('"n":3')).toHaveLength(2);
  await desk.deliver(application, 'shop');
  // Sealed, and beyond the limit of `retain`.
  await acceptInGroups(desk, application, numbered(40, 100));
  await desk.deliver(application, 'shop');
  await desk.turns(500);
  return application;
}

describe('a segment with events that were written again', () => {
  test('stays as long as an older segment has their originals, so that no delivered event is sent again', async () => {
    const desk = new Desk();
    const first = await withCopies(desk);
    expect(desk.grep('"n":3')).toHaveLength(2);
    desk.kill(first);
    const second = await desk.open(BOTH, OPTIONS);
    await desk.turns(500);

    expect(second.buffer.ledger('shop')).toMatchObject({ recovered: 0, pending: 0 });
    expect((await desk.deliver(second, 'hook')).map(numberOf)).toEqual([0]);
    await desk.when(() => desk.grep('"n":3').length === 0);
    expectBalanced(second);
  });

  test('stays also if this process cannot read the older segment', async () => {
    const desk = new Desk();
    const first = await withCopies(desk);
    desk.kill(first);
    const [oldest] = segmentsOf(desk);
    desk.files.fail(on('open', oldest!.slice(oldest!.lastIndexOf('/'))), { code: 'EIO', times: Infinity });
    const second = await desk.open(BOTH, OPTIONS);
    await desk.turns(500);
    expect(second.buffer.ledger('hook').pending).toBe(0);
    desk.kill(second);
    const third = await desk.open(BOTH, OPTIONS);
    await desk.turns(500);

    expect(third.buffer.ledger('shop')).toMatchObject({ recovered: 0, pending: 0 });
    expect((await desk.deliver(third, 'hook')).map(numberOf)).toEqual([0]);
    expectBalanced(third);
  });
});

describe('the name of a segment', () => {
  /** Every segment with events begins with the event of its name. */
  function expectNamedByTheirFirst(desk: Desk): void {
    for (const path of segmentsOf(desk)) {
      const { name, seqs } = readSegment(desk, path);
      if (seqs.length > 0) expect({ path, first: seqs[0] }).toEqual({ path, first: name.firstSeq });
    }
  }

  test('is the number of its first event, also if that was accepted while the segment was made', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, { segmentBytes: 2_000 });
    const events = numbered(300);
    const causes = new Set<string | null>();
    while (events.length > 0) {
      for (const event of events.splice(0, (events.length % 7) + 1)) offer(application, event);
      if (events.length % 3 === 0) void application.buffer.commit();
      await desk.turns(events.length % 4, 5);
      causes.add(application.buffer.journal().cause);
    }
    await desk.until(application.buffer.commit());

    expect([...causes]).toEqual([null]);
    expect(segmentsOf(desk).length).toBeGreaterThan(10);
    expectNamedByTheirFirst(desk);
  });

  test('is the number of its first event, also if that is not serialised yet', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    desk.files.disk.wipe(DIRECTORY);
    const isMaking = on('syncFolder', DIRECTORY);
    const making = desk.files.hang(isMaking);
    await desk.when(() => desk.files.queued.some(isMaking));
    for (const event of numbered(5)) offer(application, event);
    making.release();
    // No time passes, so no group is made.
    await desk.turns(50, 0);
    await desk.until(application.buffer.commit());

    expect(segmentsOf(desk)).toHaveLength(1);
    expectNamedByTheirFirst(desk);
  });

  test('is unique, also after events were written with new numbers', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    const causes = new Set<string | null>();
    await desk.accept(application, ...numbered(10));
    desk.files.disk.wipe(DIRECTORY);
    await desk.when(() => desk.grep('"n":9').length === 1);
    // Sealed because of its age.
    for (let turns = 0; turns < 400; turns++) {
      if (turns === 200) desk.clock.advance(HOUR_MS);
      await desk.turns(1);
      causes.add(application.buffer.journal().cause);
    }

    expect([...causes]).toEqual([null]);
    expect(segmentsOf(desk)).toHaveLength(2);
    expectNamedByTheirFirst(desk);
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toHaveLength(10);
    expectBalanced(application, ['shop']);
  });
});
