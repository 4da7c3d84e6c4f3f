import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { PersonToErase } from '../../../../lib/buffer/journal/query/person-to-erase.js';
import type { Damage } from '../../../../lib/buffer/journal/reader/verify.js';
import { openReader, type JournalReader } from '../../../../lib/buffer/journal/reader/reader.js';
import { keyedId } from '../../../../lib/event/event-id.js';
import { lettersOf } from '../../../support/letters-of.js';
import { Desk, DIRECTORY, expectBalanced, type Application } from '../commands/desk.js';

/**
 * Written by the version before this one, by two processes that were killed. The first one's folder was adopted. It has an
 * erased line, a damaged line that `damaged.jsonl` repeats, letters that were kept, sent again and dropped, and a history.
 */
const FIXTURE = fileURLToPath(new URL('format-2/', import.meta.url));
const GROUP = `${DIRECTORY}/4bb811a69f943b43`;
const ADOPTED = 'mjuoi3f4-102-4f198a7c+mjuohs00-101-4e357b86';
const SEGMENT = '0000000000000106-0.jsonl';
const WRITTEN_MS = 16_000;

function found(): Desk {
  const desk = new Desk();
  for (const name of readdirSync(FIXTURE, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    desk.files.disk.put(`${GROUP}/${path.slice(FIXTURE.length)}`, readFileSync(path));
  }
  desk.clock.advance(WRITTEN_MS);
  return desk;
}

async function reader(desk: Desk): Promise<JournalReader> {
  const setup = { files: desk.files, process: desk.machine.observer, now: () => desk.clock.now() };
  return (await desk.until(openReader(DIRECTORY, setup)))!;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Counts by event, destination and outcome, without those of events that were settled later. */
async function counts(desk: Desk): Promise<readonly string[]> {
  const { counts: rows } = await desk.until((await reader(desk)).count());
  return rows.rows().map((row) => {
    const replayed = row.replayed ? ' again' : '';
    return `${row.name} ${row.lane} ${row.state} ${row.reason}: ${row.count}${replayed}`;
  });
}

const compare = (a: string, b: string): number => a.localeCompare(b);

const people = async (desk: Desk, application: Application, lane: string): Promise<string[]> =>
  (await desk.deliver(application, lane)).map(({ event }) => String(event.userId)).toSorted(compare);

describe('a journal of the version before', () => {
  test('is recovered with its entries, its letters and its keys', async () => {
    const desk = found();
    const application = await desk.open();
    const { buffer } = application;
    for (const lane of ['shop', 'hook']) {
      expect(buffer.ledger(lane)).toMatchObject({ recovered: 3, pending: 2, dead: 1 });
    }
    expect(buffer.journal().damaged).toBe(1);
    const keys = ['order-1', 'order-2'].map((key) => keyedId('test', 'track', 'Order Completed', key));
    expect(new Set(desk.keys.map(({ id }) => id))).toEqual(new Set(keys));
    const letters = await Promise.all(['shop', 'hook'].map((lane) => desk.until(lettersOf(buffer, lane))));
    expect(letters.flat()).toMatchObject([
      { event: { userId: 'buyer-1000' }, reason: 'refused', attempts: 3, answer: 'no' },
      { event: { userId: 'buyer-6001' }, reason: 'refused', attempts: 3, answer: 'no' },
    ]);
    expect(await people(desk, application, 'shop')).toEqual(['buyer-3002', 'buyer-7001']);
    expect(await people(desk, application, 'hook')).toEqual(['buyer-3001', 'buyer-7001']);
    await desk.ask(application, desk.command('dead.retry', { filter: {} }));
    expect(await people(desk, application, 'shop')).toEqual(['buyer-1000']);
    expect(await people(desk, application, 'hook')).toEqual(['buyer-6001']);
    const again = { filter: { userIds: ['buyer-3001', 'buyer-3002'] }, to: 'all' };
    await desk.ask(application, desk.command('replay', again));
    const [first] = await desk.deliver(application, 'shop');
    expect(first).toMatchObject({
      entry: { browser: { anonymousId: 'visitor-3001' }, properties: { value: 5 } },
    });
    // Consent withheld the other one.
    expect(await people(desk, application, 'hook')).toEqual(['buyer-3001']);
    expectBalanced(application);
  });

  test('is shown with its outcomes', async () => {
    const desk = found();
    const journal = await reader(desk);
    const events = await desk.until(all(journal.events()));
    expect(events.map(({ event, ends }) => [event.userId, ...ends.map(({ state }) => state)])).toEqual([
      ['buyer-3001', 'delivered', 'pending'],
      ['buyer-3002', 'pending'],
      ['buyer-6001', 'dead'],
      ['buyer-7001', 'pending', 'pending'],
    ]);
    const letters = await desk.until(all(journal.deadLetters()));
    expect(letters.map(({ event }) => event.userId)).toEqual(['buyer-1000', 'buyer-6001']);
    expect(await counts(desk)).toEqual([
      '(erased) hook dropped erased: 1',
      '(erased) shop dropped erased: 1',
      'Order Completed hook dead refused: 1',
      'Order Completed hook delivered : 1',
      'Order Completed hook pending : 2',
      'Order Completed shop delivered : 2',
      'Order Completed shop pending : 2',
      'Paid hook delivered : 3',
      'Paid shop dead refused: 1',
      'Paid shop dropped given_up: 1',
      'Paid shop redriven : 1',
      'Paid shop delivered : 1 again',
      'Viewed hook delivered : 100',
      'Viewed shop delivered : 100',
    ]);
  });

  test('is verified, and has one damaged line', async () => {
    const desk = found();
    const damages: Damage[] = [];
    const note = (damage: Damage): Promise<void> => {
      damages.push(damage);
      return Promise.resolve();
    };
    const folders = await desk.until((await reader(desk)).verify(note));
    expect(damages).toMatchObject([
      { folder: `4bb811a69f943b43/${ADOPTED.slice(ADOPTED.indexOf('+') + 1)}`, file: SEGMENT, what: 'line' },
    ]);
    expect(folders.map(({ verdict }) => verdict)).toMatchObject([
      { segments: 1, events: 3, erased: 1 },
      { segments: 1, events: 1, erased: 0 },
    ]);
  });

  test('is searched by an erasure, also in lines that cannot be read', async () => {
    const desk = found();
    const application = await desk.open();
    const payload = {
      userIds: ['buyer-1000', 'buyer-3002', 'damaged-5001'],
      anonymousIds: ['visitor-3001'],
      properties: [],
    };
    const person = new PersonToErase(payload);
    const before = await desk.until((await reader(desk)).traces(person));
    expect(before.places.map(({ what, file }) => `${what} ${file.replace(/^.*\//, '')}`)).toEqual([
      `event ${SEGMENT}`,
      `event ${SEGMENT}`,
      `unreadable ${SEGMENT}`,
      'text damaged.jsonl',
      'letter dead.jsonl',
    ]);
    const answer = await desk.ask(application, desk.command('erase', payload));
    expect(answer.value).toEqual({ events: 3, lanes: { shop: 3, hook: 1 } });
    for (const name of [...payload.userIds, ...payload.anonymousIds]) expect(desk.grep(name)).toEqual([]);
    expect(await desk.until((await reader(desk)).traces(person))).toMatchObject({ places: [] });
    expect(await people(desk, application, 'shop')).toEqual(['buyer-7001']);
    expectBalanced(application);
  });

  test('leaves only its counts when every event is settled', async () => {
    const desk = found();
    const application = await desk.open(['shop', 'hook'], { retain: { bytes: 0 } });
    const before = await counts(desk);
    await desk.deliver(application, 'shop');
    await desk.deliver(application, 'hook');
    await desk.ask(application, desk.command('dead.drop', { filter: {}, reason: 'too old' }));
    await desk.when(() => desk.names(GROUP).length === 1);
    expect([...desk.contents(GROUP).keys()].filter((path) => path.includes('+'))).toEqual([]);
    const named = (rows: readonly string[]): string[] => rows.filter((row) => row.startsWith('Viewed'));
    expect(named(await counts(desk))).toEqual(named(before));
    expect(await counts(desk)).toContain('Paid shop dropped given_up: 2');
  });
});
