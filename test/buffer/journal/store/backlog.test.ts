import { describe, expect, test } from '@jest/globals';
import type { EventBuffer, StoredEvent } from '../../../../lib/buffer/event-buffer.js';
import { anEvent } from '../../../support/an-event.js';
import { bufferSetup } from '../../../support/buffer-setup.js';
import { Desk, DIRECTORY, expectBalanced, type Application } from '../commands/desk.js';
import { openJournal } from '../model/open-journal.js';
import { numbered, numberOf, offer, on, SEGMENT, segmentsOf, upTo } from './on-disk.js';

/** A size with which an event takes more than half of the window. */
const HALF = 6_000_000;
/** A size for which the rest of the window has no room. */
const MUCH = 4_500_000;
const LIMITS = { maxEvents: 100, maxBytes: 100_000_000 };

/** The first event is in memory and takes more than half of the window; the others are on disk only. */
async function withBacklog(desk: Desk, others: number): Promise<Application> {
  const application = await desk.open();
  const events = numbered(1 + others);
  offer(application, events[0]!, HALF);
  await desk.until(application.buffer.commit());
  for (const event of events.slice(1)) offer(application, event, MUCH);
  await desk.until(application.buffer.commit());
  return application;
}

const idle = (): Desk => new Desk(['shop']);

describe('events that are read back', () => {
  test('are all found if others are added during the read', async () => {
    const desk = idle();
    const application = await withBacklog(desk, 10);
    const folder = application.buffer.journal().folder;
    const isAsked = ({ kind, path }: { kind: string; path: string }): boolean =>
      kind === 'facts' && path === folder;
    // Written and not confirmed yet: the lane gets them during its read.
    await desk.turns(30);
    const confirming = desk.files.hang(isAsked);
    for (const event of numbered(10, 11)) offer(application, event);
    const committed = application.buffer.commit();
    await desk.when(
      () => desk.files.queued.some(isAsked) && desk.files.text(segmentsOf(desk)[0]!).includes('"n":20'),
    );
    const first = application.buffer.lease('shop', LIMITS)!;
    confirming.release();

    expect(await desk.until(committed)).toBe('committed');
    application.buffer.settle('shop', first.token, first.events, { state: 'delivered' });
    const sent = await desk.deliver(application, 'shop');
    expect([...first.events, ...sent].map(numberOf)).toEqual(upTo(21));
    expect(application.buffer.journal().damaged).toBe(0);
    expectBalanced(application, ['shop']);
  });

  test('are kept as long as the process cannot open more files', async () => {
    const desk = idle();
    const application = await withBacklog(desk, 10);
    const fault = desk.files.fail(on('open', SEGMENT), { code: 'EMFILE', times: Infinity });
    const first = application.buffer.lease('shop', LIMITS)!;
    application.buffer.settle('shop', first.token, first.events, { state: 'delivered' });
    await desk.turns(3_000, 500);
    expect(fault.hits).toBeGreaterThan(8);
    expect(application.buffer.ledger('shop')).toMatchObject({ pending: 10, dropped: { damaged: 0 } });

    fault.lift();
    await desk.turns(100, 500);
    expect(await desk.deliver(application, 'shop')).toHaveLength(10);
    expectBalanced(application, ['shop']);
  });

  test('are kept if the disk fails a few times', async () => {
    const desk = idle();
    const application = await withBacklog(desk, 10);
    const fault = desk.files.fail(on('read', SEGMENT), { code: 'EIO', times: 6 });
    const first = application.buffer.lease('shop', LIMITS)!;
    application.buffer.settle('shop', first.token, first.events, { state: 'delivered' });
    await desk.turns(300, 500);

    expect(fault.hits).toBe(6);
    expect(await desk.deliver(application, 'shop')).toHaveLength(10);
    expectBalanced(application, ['shop']);
  });

  test('are lost and counted after minutes if their file was deleted', async () => {
    const desk = idle();
    const application = await withBacklog(desk, 10);
    desk.files.disk.wipe(segmentsOf(desk)[0]!);
    const first = application.buffer.lease('shop', LIMITS)!;
    application.buffer.settle('shop', first.token, first.events, { state: 'delivered' });
    await desk.turns(120, 500);
    expect(application.buffer.ledger('shop')).toMatchObject({ pending: 10, dropped: { damaged: 0 } });
    await desk.turns(480, 500);

    expect(application.buffer.ledger('shop')).toMatchObject({ pending: 0, dropped: { damaged: 10 } });
    expect(application.buffer.waiting('shop').events).toBe(0);
    expectBalanced(application, ['shop']);
  });

  test('delay a flush only as long as the older events that are read', async () => {
    const desk = idle();
    const application = await desk.open();
    // Of real size: some of them fill the window.
    for (const event of numbered(20)) {
      const { properties, ...rest } = event;
      const text = 'x'.repeat(900_000);
      offer(application, { ...rest, properties: { ...properties, text } }, HALF);
      await desk.until(application.buffer.commit());
    }
    const events: StoredEvent[] = [];
    const sendAll = (): void => {
      for (;;) {
        const lease = application.buffer.lease('shop', LIMITS);
        if (lease === undefined) return;
        application.buffer.settle('shop', lease.token, lease.events, { state: 'delivered' });
        events.push(...lease.events);
      }
    };
    sendAll();
    await desk.turns(50);
    const stuck = desk.files.hang(on('read', SEGMENT));
    sendAll();

    expect(events.length).toBeGreaterThan(5);
    expect(events.length).toBeLessThan(20);
    expect(application.buffer.waiting('shop').events).toBe(20 - events.length);
    expect(application.buffer.firstPosition('shop')).toBe(events.at(-1)!.position + 1);
    stuck.release();
    expect(await desk.deliver(application, 'shop')).toHaveLength(20 - events.length);
    expect(application.buffer.firstPosition('shop')).toBe(Infinity);
  });
});

describe('a lane', () => {
  /** A journal that reports work. */
  function told(desk: Desk): { buffer: EventBuffer; work: number[] } {
    const work: number[] = [];
    const onWork = (_lane: string, { events }: { readonly events: number }): void => void work.push(events);
    const setup = bufferSetup({ clock: desk.clock, onWork });
    return { buffer: openJournal({ directory: DIRECTORY }, setup, desk.files, desk.machine.start()), work };
  }

  test('is notified of events that are read while all its other events are leased', async () => {
    const desk = idle();
    const { buffer, work } = told(desk);
    await desk.until(buffer.opened!());
    const stuck = desk.files.hang(on('read', SEGMENT));
    // Less than half of the window, so that the next is read at once.
    buffer.offer(anEvent(), 4_000_000, [{ lane: 'shop' }]);
    await desk.until(buffer.commit());
    buffer.offer(anEvent(), 7_000_000, [{ lane: 'shop' }]);
    await desk.until(buffer.commit());
    await desk.when(() => desk.files.queued.some(on('read', SEGMENT)));
    expect(buffer.lease('shop', LIMITS)!.events).toHaveLength(1);
    work.length = 0;
    stuck.release();
    await desk.turns(20);

    expect(work).toEqual([1]);
    expect(buffer.lease('shop', LIMITS)!.events).toHaveLength(1);
  });

  test('continues to read its other folder when another process adopted one', async () => {
    const desk = idle();
    const first = await desk.open();
    await desk.accept(first, ...numbered(3, 100));
    desk.kill(first);
    const second = await desk.open();
    const origin = second.buffer.journal().folder!.split('/').at(-1)!;
    const text = 'x'.repeat(900_000);
    for (const event of numbered(20)) await desk.accept(second, { ...event, properties: { text } });
    desk.kill(second);
    const third = await desk.open();
    await desk.turns(100);
    expect(third.buffer.ledger('shop')).toMatchObject({ recovered: 23, pending: 23 });

    // It fills the window; the new owner sends it.
    const path = segmentsOf(desk).find((segment) => segment.includes(origin))!;
    const folder = path.slice(0, path.lastIndexOf('/'));
    desk.files.disk.rename(folder, `${DIRECTORY}/elsewhere`);
    desk.clock.jump(8_000);
    await desk.when(() => third.buffer.ledger('shop').handedOver > 0);
    await desk.when(() => third.buffer.oldest('shop') !== undefined);

    expect(third.buffer.ledger('shop')).toMatchObject({ pending: 3, handedOver: 20 });
    expect((await desk.deliver(third, 'shop')).map(numberOf)).toEqual([100, 101, 102]);
    expectBalanced(third, ['shop']);
  });
});
