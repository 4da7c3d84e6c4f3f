import { describe, expect, test } from '@jest/globals';
import type { JournalOptions } from '../../../../lib/buffer/journal/journal-options.js';
import { seeded } from '../../../support/faulty-files/choose.js';
import type { Application } from '../commands/desk.js';
import { Desk, DIRECTORY, expectBalanced } from '../commands/desk.js';
import { historyOf, numbered, numberOf, offer, on, SEGMENT, segmentsOf, sumOf, upTo } from './on-disk.js';

const LANES = ['shop'];
const EVERY_SECOND = { fsync: 'everySecond' } as const;
/** Turns of a second and a bit. */
const SECOND = 120;
const ERASE = { userIds: ['user-1001'], anonymousIds: [], properties: [] };
const onSync = on('sync', SEGMENT);

/** Its directory was there before. */
function aDesk(): Desk {
  const desk = new Desk(LANES);
  const { disk } = desk.files;
  disk.makeFolder(DIRECTORY);
  disk.syncFolder('/');
  disk.syncFolder('/var');
  return desk;
}

/** Power is cut, and comes back. */
function cutPower(desk: Desk, { process, files }: Application, seed: number): void {
  desk.machine.end(process.self);
  desk.files = files.powerCut(seed === 0 ? undefined : seeded(seed));
}

function causesOf({ buffer }: Application): string | null {
  return buffer.journal().cause;
}

async function lease(desk: Desk, { buffer }: Application, maxEvents: number): Promise<number[]> {
  await desk.turns(5);
  const taken = buffer.lease('shop', { maxEvents, maxBytes: 1e9 })!;
  buffer.settle('shop', taken.token, taken.events, { state: 'delivered' });
  return taken.events.map(numberOf);
}

async function restarted(desk: Desk, options: Partial<JournalOptions> = EVERY_SECOND): Promise<Application> {
  const application = await desk.open(LANES, options);
  await desk.turns(SECOND);
  return application;
}

/** Forty events of which ten are delivered; those from 20 on are not synced when the sync fails. */
async function withFailedSync(desk: Desk, times = 1): Promise<Application> {
  const application = await desk.open(LANES, EVERY_SECOND);
  await desk.accept(application, ...numbered(20));
  await desk.turns(SECOND);
  await desk.accept(application, ...numbered(20, 20));
  desk.files.fail(onSync, { code: 'EIO', times });
  await desk.when(() => causesOf(application) === 'EIO');
  desk.files.dropCaches();
  return application;
}

describe('a sync that fails, once a second', () => {
  test.each(upTo(6))(
    'loses nothing that was written before it when power is cut later (%d)',
    async (seed) => {
      const desk = aDesk();
      const first = await withFailedSync(desk);
      await desk.when(() => causesOf(first) === null);
      expect(first.buffer.journal().uncommitted).toBe(0);
      expect(await lease(desk, first, 30)).toEqual(upTo(30));
      await desk.turns(SECOND);
      expectBalanced(first, LANES);
      cutPower(desk, first, seed);
      const second = await restarted(desk);

      expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(40).slice(30));
      expectBalanced(second, LANES);
    },
  );

  test('is remembered with what was delivered between it and the one before', async () => {
    const desk = aDesk();
    const first = await desk.open(LANES, EVERY_SECOND);
    await desk.turns(SECOND);
    await desk.accept(first, ...numbered(40));
    expect(await lease(desk, first, 25)).toEqual(upTo(25));
    desk.files.fail(onSync, { code: 'EIO' });
    await desk.when(() => causesOf(first) === 'EIO');
    expect(await lease(desk, first, 5)).toEqual(upTo(30).slice(25));
    await desk.when(() => causesOf(first) === null);
    expect(await lease(desk, first, 5)).toEqual(upTo(35).slice(30));
    await desk.turns(SECOND);
    cutPower(desk, first, 0);
    const second = await restarted(desk);

    expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(40).slice(35));
    expectBalanced(second, LANES);
  });

  test('says that the journal fails until a write and a sync were good', async () => {
    const desk = aDesk();
    const application = await withFailedSync(desk, 3);
    const { disk } = application.files;
    disk.capacity = 0;
    await desk.turns(SECOND);
    expect(application.buffer.journal()).toMatchObject({ state: 'failing', uncommitted: 20 });
    disk.capacity = Infinity;
    const hang = desk.files.hang(onSync);
    await desk.turns(800);
    expect(application.buffer.journal().state).toBe('failing');
    hang.release();
    await desk.when(() => causesOf(application) === null);

    expect(application.buffer.journal().uncommitted).toBe(0);
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual(upTo(40));
    expectBalanced(application, LANES);
  });

  test.each(upTo(6))('fails again and again, while events come and go (%d)', async (seed) => {
    const desk = aDesk();
    const options = { ...EVERY_SECOND, segmentBytes: 4_000 };
    const first = await desk.open(LANES, options);
    const choose = seeded(seed + 1);
    const delivered: number[] = [];
    desk.files.fail(onSync, { code: 'EIO', times: 12, skip: choose(3), does: 'part', choose });
    for (let n = 0; n < 200; n += 4) {
      for (const event of numbered(4, n)) expect(offer(first, event)).toEqual([]);
      await desk.turns(choose(40));
      if (choose(3) === 0) delivered.push(...(await lease(desk, first, 7)));
      expectBalanced(first, LANES);
    }
    await desk.when(() => first.buffer.journal().uncommitted === 0);
    await desk.turns(2 * SECOND);
    expect(first.buffer.journal()).toMatchObject({ state: 'open', uncommitted: 0 });
    cutPower(desk, first, seed);
    const second = await restarted(desk, options);
    const sent = (await desk.deliver(second, 'shop')).map(numberOf);

    expect([...delivered, ...sent].toSorted((a, b) => a - b)).toEqual(upTo(200));
    expectBalanced(second, LANES);
  });

  test('sends nothing twice after the death of the process, wherever it was', async () => {
    let whole = 0;
    for (let turns = 0; turns < 60; turns += 3) {
      const desk = aDesk();
      const first = await withFailedSync(desk);
      expect(await lease(desk, first, 30)).toEqual(upTo(30));
      await desk.when(() => desk.grep('"delivered"').length > 0);
      await desk.turns(turns);
      desk.kill(first);
      const second = await restarted(desk);
      const sent = (await desk.deliver(second, 'shop')).map(numberOf);

      // Before it was written again nobody had it but the system, which forgot it.
      expect({ turns, sent }).toEqual({ turns, sent: sent.length === 0 ? [] : upTo(40).slice(30) });
      if (sent.length > 0) whole++;
      expectBalanced(second, LANES);
      await desk.close(second);
      const third = await restarted(desk);
      expect(await desk.deliver(third, 'shop')).toEqual([]);
    }
    expect(whole).toBeGreaterThan(8);
  });

  test('while a segment is sealed has the same consequences', async () => {
    const desk = aDesk();
    const options = { ...EVERY_SECOND, segmentBytes: 4_000 };
    const first = await desk.open(LANES, options);
    await desk.turns(20);
    desk.files.fail(onSync, { code: 'EIO' });
    // More than a segment takes, in less than a second.
    await desk.accept(first, ...numbered(15));
    for (const event of numbered(15, 15)) offer(first, event);
    await desk.when(() => causesOf(first) === 'EIO');
    desk.files.dropCaches();
    expect(await lease(desk, first, 3)).toEqual(upTo(3));
    await desk.when(() => causesOf(first) === null);
    await desk.turns(SECOND);
    cutPower(desk, first, 0);
    const second = await restarted(desk, options);

    expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(30).slice(3));
    expectBalanced(second, LANES);
  });

  test('is made up for when the journal closes', async () => {
    const desk = aDesk();
    const first = await desk.open(LANES, EVERY_SECOND);
    await desk.turns(SECOND);
    await desk.accept(first, ...numbered(100));
    desk.files.fail('sync', { code: 'EIO', does: 'part' });
    const closing = desk.close(first);
    await desk.turns(10);
    desk.files.dropCaches();
    await closing;
    desk.files.dropCaches();
    const second = await restarted(desk);

    expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(100));
    expectBalanced(second, LANES);
  });

  test('makes what is kept for the next one no more than memory is for', async () => {
    const desk = aDesk();
    const application = await desk.open(LANES, { ...EVERY_SECOND, maxMemoryBytes: 60_000 });
    await desk.turns(20);
    for (let n = 0; n < 400; n += 10) await desk.accept(application, ...numbered(10, n));

    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual(upTo(400));
    expectBalanced(application, LANES);
  });

  test('counts no event twice once its segments are deleted', async () => {
    const desk = aDesk();
    const options = { ...EVERY_SECOND, segmentBytes: 4_000, retain: { bytes: 0 } };
    const application = await desk.open(LANES, options);
    desk.files.fail(onSync, { code: 'EIO', skip: 1, times: 2 });
    for (let n = 0; n < 120; n += 3) {
      await desk.turns(10);
      for (const event of numbered(3, n)) offer(application, event);
    }
    await desk.when(() => causesOf(application) === null);
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual(upTo(120));
    await desk.turns(20 * SECOND);
    desk.clock.advance(3_600_000);
    await desk.turns(5 * SECOND);

    expect(segmentsOf(desk)).toHaveLength(1);
    expect(sumOf(historyOf(desk))).toBe(120);
    expectBalanced(application, LANES);
  });

  test('leaves no copy of what was erased', async () => {
    const desk = aDesk();
    const application = await withFailedSync(desk);
    await desk.when(() => causesOf(application) === null);
    await desk.accept(application, ...numbered(20, 40));
    const answer = await desk.ask(application, desk.command('erase', ERASE));
    desk.files.fail(onSync, { code: 'EIO' });
    await desk.turns(3 * SECOND);

    expect(answer.value).toMatchObject({ events: 60 });
    expect(desk.grep('user-1001')).toEqual([]);
    expect(await desk.deliver(application, 'shop')).toEqual([]);
    expectBalanced(application, LANES);
  });

  test('in a folder that is gone brings nothing back twice', async () => {
    const desk = aDesk();
    const first = await withFailedSync(desk);
    desk.files.disk.wipe(DIRECTORY);
    await desk.when(() => desk.grep('"n":39').length === 1);
    await desk.turns(2 * SECOND);
    expectBalanced(first, LANES);
    desk.kill(first);
    const second = await restarted(desk);

    expect((await desk.deliver(second, 'shop')).map(numberOf)).toEqual(upTo(40));
    expectBalanced(second, LANES);
  });
});

describe('with the other settings', () => {
  test.each(['group', 'off'] as const)('%s keeps and repeats nothing', async (fsync) => {
    const desk = aDesk();
    const application = await desk.open(LANES, { fsync, segmentBytes: 4_000 });
    const fault = desk.files.fail(onSync, { code: 'EIO' });
    await desk.accept(application, ...numbered(15));
    for (const event of numbered(15, 15)) offer(application, event);
    await desk.turns(2 * SECOND);

    expect(fault.hits).toBe(1);
    expect(desk.grep('#1r')).toEqual([]);
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual(upTo(30));
    expectBalanced(application, LANES);
  });
});
