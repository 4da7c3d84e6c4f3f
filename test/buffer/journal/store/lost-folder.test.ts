import { describe, expect, test } from '@jest/globals';
import { anEvent } from '../../../support/an-event.js';
import { journalMessages } from '../../../../lib/buffer/journal/journal.messages.js';
import { Desk, DIRECTORY, expectBalanced } from '../commands/desk.js';
import { numbered, numberOf, offer, on, SEGMENT, segmentsOf, upTo } from './on-disk.js';

describe('a journal whose folder was deleted', () => {
  for (const what of ['its own folder', 'the directory']) {
    for (const turns of [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]) {
      test(`commits an event only in the new folder: ${what}, ${turns} turns before`, async () => {
        const desk = new Desk(['shop']);
        const application = await desk.open();
        await desk.accept(application, ...numbered(3));
        await desk.turns(20);
        desk.files.disk.wipe(what === 'the directory' ? DIRECTORY : application.buffer.journal().folder!);
        await desk.turns(turns);
        let committed = 0;
        for (let n = 3; n < 8; n++) {
          offer(application, numbered(1, n)[0]!);
          if ((await desk.until(application.buffer.commit())) !== 'committed') continue;
          committed++;
          expect(desk.grep(`"n":${n}}`)).toHaveLength(1);
        }
        await desk.when(() => application.buffer.journal().uncommitted === 0);
        desk.kill(application);
        const second = await desk.open();
        await desk.turns(50);

        expect(committed).toBeGreaterThan(0);
        const sent = (await desk.deliver(second, 'shop')).map(numberOf);
        expect(sent.toSorted((a, b) => a - b)).toEqual(upTo(8));
        expectBalanced(second, ['shop']);
      });
    }
  }

  test('does not commit an event that was being written to the old folder', async () => {
    const desk = new Desk(['shop']);
    // Its heartbeats make a new folder before the write takes too long.
    const application = await desk.open(['shop'], { leaseMs: 3_000 });
    await desk.accept(application, ...numbered(3));
    const { folder } = application.buffer.journal();
    const writing = desk.files.hang(on('write', SEGMENT));
    offer(application, numbered(1, 3)[0]!);
    const committed = application.buffer.commit();
    await desk.when(() => desk.files.queued.some(on('write', SEGMENT)));
    desk.files.disk.wipe(folder!);
    await desk.when(() => ![folder, null].includes(application.buffer.journal().folder));
    writing.release();

    expect(await desk.until(committed)).toBe('committed');
    expect(desk.grep('"n":3}')).toHaveLength(1);
    await desk.when(() => application.buffer.journal().uncommitted === 0);
    expect(desk.grep('"n":0}')).toHaveLength(1);
    expect(await desk.deliver(application, 'shop')).toHaveLength(4);
    expectBalanced(application, ['shop']);
  });

  test('loses events and dead letters that were on disk only, and reports how many', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, ...numbered(2));
    await desk.bury(application, 'shop');
    // More than the lane's window in memory.
    for (let n = 0; n < 15; n++) {
      offer(
        application,
        anEvent({ properties: { text: 'x'.repeat(2_000_000) }, lanes: ['shop'] }),
        2_000_000,
      );
      expect(await desk.until(application.buffer.commit())).toBe('committed');
    }
    await desk.turns(20);
    desk.files.disk.wipe(DIRECTORY);
    await desk.when(() => desk.lost.length > 0);
    await desk.turns(50);

    const { accepted, pending, dead, dropped } = application.buffer.ledger('shop');
    expect(desk.lost).toEqual([{ lane: 'shop', reason: 'damaged', events: dropped['damaged'] }]);
    expect({ dead, sum: pending + dropped['damaged']! }).toEqual({ dead: 0, sum: accepted });
    expect(dropped['damaged']).toBeGreaterThan(2);
    expect(desk.spoken.spoken.errors).toEqual([journalMessages.gone(dropped['damaged']!)]);
    expectBalanced(application, ['shop']);
  });

  test('closes the old file after the write to it has ended', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, ...numbered(3));
    const [path] = segmentsOf(desk);
    const isHere = ({ path: of }: { path: string }): boolean => of === path;
    const writing = desk.files.hang((operation) => operation.kind === 'write' && isHere(operation));
    offer(application, numbered(1, 3)[0]!);
    await desk.turns(20);
    desk.files.disk.wipe(application.buffer.journal().folder!);
    await desk.when(() => application.buffer.journal().folder === null || segmentsOf(desk).length > 0);
    await desk.turns(300);
    expect(desk.files.queued.filter(isHere).map(({ kind }) => kind)).toEqual(['write']);
    const closing = desk.files.hang((operation) => operation.kind === 'close' && isHere(operation));
    writing.release();
    await desk.when(() => desk.files.queued.some((operation) => operation.kind === 'close'));

    expect(desk.files.queued.filter(isHere).map(({ kind }) => kind)).toEqual(['close']);
    closing.release();
    await desk.when(() => application.buffer.journal().uncommitted === 0);
    expect(await desk.deliver(application, 'shop')).toHaveLength(4);
    expectBalanced(application, ['shop']);
  });

  test('closes a file at shutdown after the write to it has ended', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, ...numbered(3));
    const writing = desk.files.hang(on('write', SEGMENT));
    offer(application, numbered(1, 3)[0]!);
    await desk.turns(20);
    await desk.until(application.buffer.close());
    expect(desk.files.queued.filter(({ path }) => SEGMENT.test(path)).map(({ kind }) => kind)).toEqual([
      'write',
    ]);
    writing.release();
    await desk.turns(50);

    expect(desk.files.queued).toEqual([]);
    expect(desk.files.openFiles).toBe(0);
  });
});
