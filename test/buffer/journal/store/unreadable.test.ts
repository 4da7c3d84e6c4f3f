import { expect, test } from '@jest/globals';
import type { Fault, FaultyFiles } from '../../../support/faulty-files.js';
import { type Application, Desk, expectBalanced } from '../commands/desk.js';
import { numbered, numberOf, upTo } from './on-disk.js';

const EVENTS = 500;
const LETTERS = 3;
/** All operations that read. */
const READS = new Set(['open', 'read', 'readText', 'facts', 'list']);

/** A running process, and a killed one with pending events and dead letters. */
async function beside(desk: Desk): Promise<{ dying: Application; heir: Application }> {
  const dying = await desk.open(['shop']);
  await desk.accept(dying, ...numbered(LETTERS, EVENTS));
  await desk.bury(dying, 'shop');
  await desk.accept(dying, ...numbered(EVENTS));
  desk.files = desk.files.anotherProcess();
  const heir = await desk.open(['shop']);
  return { dying, heir };
}

const originOf = ({ buffer }: Application): string => buffer.journal().folder!.split('/').at(-1)!;

/** Makes reads fail in one folder, also after it is renamed. */
const failReading = (files: FaultyFiles, origin: string, which: RegExp, code: string): Fault =>
  files.fail(({ kind, path }) => READS.has(kind) && path.includes(origin) && which.test(path), {
    code,
    times: Infinity,
  });

test.each([
  ['everything', /./, 'EIO'],
  ['owner.json', /owner\.json$/, 'EIO'],
  ['the segment', /-0\.jsonl$/, 'EIO'],
  ['the acknowledgements', /\.acks$/, 'EIO'],
  ['the dead letters', /dead\.jsonl$/, 'EIO'],
  ['the segment, for want of descriptors', /-0\.jsonl$/, 'EMFILE'],
  ['the dead letters of another user', /dead\.jsonl$/, 'EACCES'],
])('%s: what cannot be read for a while is shown, and had once it can', async (_, which, code) => {
  const desk = new Desk(['shop']);
  const { dying, heir } = await beside(desk);
  const fault = failReading(heir.files, originOf(dying), which, code);
  desk.kill(dying);
  await desk.when(() => heir.buffer.journal().unreadable.length > 0);
  await desk.turns(500);
  expect(fault.hits).toBeGreaterThan(1);
  const { unreadable } = heir.buffer.journal();
  expect(new Set(unreadable.map((path) => path.code))).toEqual(new Set([code]));
  expect(desk.spoken.spoken.errors.filter((line) => line.includes(code))).not.toEqual([]);

  fault.lift();
  await desk.when(() => !heir.buffer.journal().recovering && heir.buffer.ledger('shop').dead === LETTERS);
  const sent = await desk.deliver(heir, 'shop');
  expect(sent.map(numberOf).toSorted((a, b) => a - b)).toEqual(upTo(EVENTS));
  expect(heir.buffer.ledger('shop')).toMatchObject({ adopted: EVENTS + LETTERS, delivered: EVENTS });
  expect(heir.buffer.journal().unreadable).toEqual([]);
  expectBalanced(heir, ['shop']);
});

test('unreadable files go to another process when their owner dies', async () => {
  const desk = new Desk(['shop']);
  const { dying, heir } = await beside(desk);
  failReading(heir.files, originOf(dying), /-0\.jsonl$/, 'EIO');
  desk.kill(dying);
  await desk.when(() => heir.buffer.journal().unreadable.length > 0);
  desk.kill(heir);
  const next = await desk.open(['shop']);
  expect((await desk.deliver(next, 'shop')).map(numberOf)).toEqual(upTo(EVENTS));
  expect(next.buffer.journal().unreadable).toEqual([]);
});

test('unreadable events of another service are counted when they can be read', async () => {
  const desk = new Desk();
  const other = await desk.open(['hook']);
  await desk.accept(other, ...numbered(EVENTS, 0, ['hook']));
  desk.files = desk.files.anotherProcess();
  const application = await desk.open(['shop']);
  const fault = failReading(application.files, originOf(other), /-0\.jsonl$/, 'EIO');
  desk.kill(other);
  const events = (): unknown[] => application.buffer.journal().stranded.map((row) => row.events);
  await desk.when(() => fault.hits > 0);
  await desk.turns(100);
  expect(events()).toEqual([null]);

  fault.lift();
  await desk.turns(1_000);
  expect(events()).toEqual([EVENTS]);
});

test('the retries of a failing disk become less frequent', async () => {
  const desk = new Desk(['shop']);
  const { dying, heir } = await beside(desk);
  const fault = failReading(heir.files, originOf(dying), /-0\.jsonl$/, 'EIO');
  desk.kill(dying);
  await desk.when(() => heir.buffer.journal().unreadable.length > 0);
  await desk.turns(300, 1_000);
  expect(fault.hits).toBeGreaterThan(5);
  expect(fault.hits).toBeLessThan(20);
});
