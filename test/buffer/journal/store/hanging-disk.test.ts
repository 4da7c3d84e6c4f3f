import { describe, expect, test } from '@jest/globals';
import { anEvent } from '../../../support/an-event.js';
import { Desk, DIRECTORY, expectBalanced, type Application } from '../commands/desk.js';
import {
  acceptInGroups,
  numbered,
  numberOf,
  offer,
  on,
  SEGMENT,
  SEGMENT_BYTES,
  segmentsOf,
  upTo,
} from './on-disk.js';

const DAY_MS = 86_400_000;
const OPTIONS = { segmentBytes: SEGMENT_BYTES };
/** More than what `close()` gives each of its steps, for all of them. */
const CLOSE_MS = 10_000;

/** The disk hangs while a full segment is closed, and one more event comes. */
async function hangingSeal(desk: Desk): Promise<{ application: Application; hang: { release(): void } }> {
  const application = await desk.open(['shop'], OPTIONS);
  await acceptInGroups(desk, application, numbered(15));
  const hang = desk.files.hang(on('sync', SEGMENT));
  for (const event of numbered(10, 15)) offer(application, event);
  await desk.when(() => desk.grep('"n":24}').length === 1);
  offer(application, numbered(1, 25)[0]!);
  await desk.when(() => desk.files.queued.some(on('sync', SEGMENT)));
  return { application, hang };
}

describe('a disk that hangs', () => {
  test('while a segment is sealed counts as failing until it answers; delivery continues', async () => {
    const desk = new Desk(['shop']);
    const { application, hang } = await hangingSeal(desk);
    await desk.when(() => application.buffer.journal().state === 'failing');
    expect(application.buffer.journal().cause).toBe('ETIMEDOUT');
    offer(application, numbered(1, 26)[0]!);
    await desk.turns(2_000);
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual(upTo(27));

    hang.release();
    await desk.when(() => application.buffer.journal().state === 'open');
    await desk.turns(200);
    expect(application.buffer.journal().uncommitted).toBe(0);
    expectBalanced(application, ['shop']);
    desk.kill(application);
    const second = await desk.open();
    await desk.turns(50);
    expect(second.buffer.ledger('shop')).toMatchObject({ recovered: 0 });
  });

  test('while a segment is sealed does not stop the last group from being saved at the end of the process', async () => {
    const desk = new Desk(['shop']);
    const { application } = await hangingSeal(desk);
    expect(application.buffer.journal().state).toBe('open');
    offer(application, numbered(1, 26)[0]!);
    application.buffer.saveNow();
    desk.kill(application);
    const second = await desk.open();
    await desk.turns(50);

    expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(27));
  });

  test('is not touched by the end of the process', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, ...numbered(10));
    const send = (): void => {
      const { token, events } = application.buffer.lease('shop', { maxEvents: 2, maxBytes: 10_000 })!;
      application.buffer.settle('shop', token, events, { state: 'delivered' });
    };
    // Some acknowledgements are written, some are being written, and some are not.
    send();
    await desk.turns(50);
    desk.files.hang(() => true);
    send();
    await desk.turns(10);
    send();
    offer(application, numbered(1, 10)[0]!);
    await desk.when(() => application.buffer.journal().state === 'failing');
    let touched = 0;
    desk.files.fail(({ kind }) => kind === 'writeNow' && touched++ < 0, { code: 'EIO' });
    application.buffer.saveNow();

    expect(touched).toBe(0);
  });

  test('delays the shutdown up to its limit, and the folder is closed when it answers', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, ...numbered(10));
    const { folder } = application.buffer.journal();
    const hang = desk.files.hang(() => true);
    offer(application, numbered(1, 10)[0]!);
    await desk.turns(5);
    const before = desk.clock.now();
    await desk.until(application.buffer.close());
    expect(desk.clock.now() - before).toBeLessThan(CLOSE_MS);
    expectBalanced(application, ['shop']);
    hang.release();
    await desk.turns(300);

    expect(desk.names(folder!)).toContain('closed');
    desk.machine.end(application.process.self);
    const second = await desk.open();
    await desk.turns(50);
    const sent = (await desk.deliver(second, 'shop')).map(numberOf);
    expect(sent).toEqual(expect.arrayContaining(upTo(10)));
  });

  test('delays the shutdown up to its limit if it never answers, and the next process has all committed events', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, ...numbered(10));
    desk.files.hang(() => true);
    offer(application, numbered(1, 10)[0]!);
    const before = desk.clock.now();
    await desk.until(application.buffer.close());
    expect(desk.clock.now() - before).toBeLessThan(CLOSE_MS);
    expect(desk.dropped).toEqual([expect.objectContaining({ reason: 'closed' })]);
    expectBalanced(application, ['shop']);
    desk.kill(application);
    const second = await desk.open();
    await desk.turns(50);

    expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(10));
  });

  test('loses no dead letter that it writes after the shutdown', async () => {
    const desk = new Desk(['shop']);
    const first = await desk.open();
    await desk.accept(first, anEvent());
    desk.kill(first);
    // Its own folder will have nothing but the letter.
    const second = await desk.open();
    await desk.bury(second, 'shop');
    await desk.turns(500);
    const hang = desk.files.hang(() => true);
    await desk.until(second.buffer.close());
    hang.release();
    await desk.turns(300);
    desk.machine.end(second.process.self);
    const third = await desk.open();
    await desk.turns(50);

    expect(third.buffer.ledger('shop')).toMatchObject({ pending: 0, dead: 1 });
  });
});

describe('a slow round', () => {
  test('does not delay a heartbeat', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open(['shop'], { ...OPTIONS, retain: { days: 1 } });
    await acceptInGroups(desk, application, numbered(300));
    await desk.deliver(application, 'shop');
    await desk.turns(200);
    const before = segmentsOf(desk).length;
    const owner = `${application.buffer.journal().folder}/owner.json`;
    desk.clock.advance(2 * DAY_MS);
    await desk.when(() => segmentsOf(desk).length < before);
    const beats = new Set<number>();
    let late = 0;
    // Each operation takes half a second, and a round some hundred of them.
    while (segmentsOf(desk).length > before - 10) {
      await desk.turns(1, 500);
      const { mtimeMs } = desk.files.disk.facts(owner);
      beats.add(mtimeMs);
      if (desk.clock.now() - mtimeMs > 10_000) late++;
    }

    expect(before).toBeGreaterThan(12);
    expect(beats.size).toBeGreaterThan(3);
    expect(late).toBe(0);
    expect(desk.names(DIRECTORY)).toHaveLength(1);
  });
});
