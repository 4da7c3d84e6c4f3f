import { expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyOf } from '../../../../lib/buffer/journal/format/history-line.js';
import { LaneNames } from '../../../../lib/buffer/journal/ownership/lane-names.js';
import { DeadLetters } from '../../../../lib/buffer/journal/store/dead-letters.js';
import type { FinalOutcome } from '../../../../lib/buffer/journal/store/record-outcomes.js';
import { DEAD_LETTERS_FILE, HISTORY_FILE } from '../../../../lib/buffer/journal/format/file-names.js';
import { Histories } from '../../../../lib/buffer/journal/store/histories.js';
import { JournalFolder } from '../../../../lib/buffer/journal/store/segment.js';
import { resolveJournalOptions } from '../../../../lib/buffer/journal/options/journal-options.js';
import type { HeldEvent } from '../../../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../../../lib/event/tracking-event.js';
import { readLines } from '../../../support/checked-lines.js';
import { anEvent } from '../../../support/an-event.js';
import { bufferSetup } from '../../../support/buffer-setup.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { MeasuredFiles } from '../../../support/measured-files.js';
import { aLog } from '../../../support/spoken-log.js';

const NO_BOUND = { maxEvents: Infinity, maxBytes: Infinity };

/** Letters of one folder on the real disk. */
class Desk {
  readonly path = mkdtempSync(join(tmpdir(), 'nestjs-tracking-letters-'));
  readonly folder = new JournalFolder(this.path, 'origin', LaneNames.own);
  readonly dropped: string[] = [];
  readonly ends: FinalOutcome['state'][] = [];
  readonly measured = new MeasuredFiles();
  readonly log = aLog().log;
  readonly histories: Histories;
  readonly letters: DeadLetters;
  full = 0;
  /** Whether the disk works. */
  isThere = true;
  #seq = 0;

  constructor(max = NO_BOUND) {
    const { files } = this.measured;
    const { log } = this;
    const clock = new ManualClock();
    const onDropped = ({ event }: HeldEvent): unknown => this.dropped.push(event.name);
    const setup = bufferSetup({ clock, log, deadLetters: max, onDropped });
    const options = resolveJournalOptions({ directory: this.path });
    // No outcome is so young that it may be needed.
    const env = { files, clock, log, setup, options: { ...options, retain: { days: -1, bytes: 0 } } };
    const own = (): JournalFolder | undefined => (this.isThere ? this.folder : undefined);
    const folders = {
      get own() {
        return own();
      },
      mayHold: () => false,
    };
    this.histories = new Histories(files, clock, 0);
    this.letters = new DeadLetters(env, folders, this.histories, () => this.full++);
  }

  get size(): number {
    return statSync(join(this.path, DEAD_LETTERS_FILE)).size;
  }

  add(members: Partial<TrackingEvent> = {}): void {
    const letter = { event: anEvent(members), lane: 'shop', reason: 'refused', attempts: 1 } as const;
    this.letters.add(letter, ++this.#seq, this.isThere ? this.folder : undefined, ({ state }) =>
      this.ends.push(state),
    );
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const { letter } of this.letters.read(['shop'])) names.push(letter.event.name);
    return names;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

test('dropped letters do not stay in memory while the disk rejects writes', async () => {
  using desk = new Desk({ maxEvents: 5, maxBytes: Infinity });
  const path = join(desk.path, DEAD_LETTERS_FILE);
  mkdirSync(path);
  for (let n = 0; n < 50; n++) {
    desk.add({ name: String(n), properties: { text: 'x'.repeat(100_000) } });
    await desk.letters.write();
  }
  expect(desk.full).toBe(45);
  rmdirSync(path);
  await desk.letters.write();
  await desk.letters.write();
  expect(desk.size).toBeLessThan(10 * 100_000);
  expect(await desk.names()).toEqual(['45', '46', '47', '48', '49']);
  expect(desk.dropped).toHaveLength(45);
  expect(desk.ends.toSorted()).toEqual([
    ...Array.from({ length: 5 }, () => 'dead'),
    ...Array.from({ length: 45 }, () => 'dropped'),
  ]);
});

test('a file of letters is shortened, and keeps those that were not removed', async () => {
  using desk = new Desk();
  const { letters } = desk;
  const text = 'x'.repeat(4_000);
  let largest = 0;
  for (let round = 0; round < 40; round++) {
    for (let n = 0; n < 100; n++) desk.add({ name: `${round} ${n}`, properties: { text } });
    await letters.write();
    for (const kept of letters.of('shop').slice(0, -10)) letters.remove(kept, 'dropped');
    await letters.write();
    largest = Math.max(largest, desk.size);
  }

  // 16 MB were written.
  expect(largest).toBeLessThan(6_000_000);
  const left = Array.from({ length: 10 }, (_, n) => `39 ${90 + n}`);
  expect(await desk.names()).toEqual(left);
  const loaded = await letters.load(desk.folder);
  expect(loaded.map(({ id }) => id)).toEqual(letters.of('shop').map(({ id }) => id));
});

test('memory has an index of the letters on disk, and reads them in slices', async () => {
  using desk = new Desk();
  for (let n = 0; n < 60; n++) {
    desk.add({ name: `Event ${n}`, properties: { text: 'x'.repeat(200_000) } });
    if (n % 10 === 9) await desk.letters.write();
  }

  expect(desk.size).toBeGreaterThan(12_000_000);
  expect(Buffer.byteLength(JSON.stringify(desk.letters.of('shop')))).toBeLessThan(60 * 500);
  const seen: number[] = [];
  for await (const { letter } of desk.letters.read(['shop'])) {
    seen.push(Number(letter.event.name.slice('Event '.length)));
    expect(letter.event.properties['text']).toHaveLength(200_000);
  }
  expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => n));
  expect(await desk.letters.load(desk.folder)).toHaveLength(60);
  expect(desk.measured.mostRead).toBeLessThanOrEqual(1_048_576);
});

test('the oldest letters are dropped beyond the limits of number and bytes, and reported with their event', async () => {
  using desk = new Desk({ maxEvents: 5, maxBytes: 10_000 });
  for (let n = 0; n < 8; n++) {
    desk.add({ name: `Event ${n}` });
    await desk.letters.write();
  }
  expect(await desk.names()).toEqual(['Event 3', 'Event 4', 'Event 5', 'Event 6', 'Event 7']);
  desk.add({ name: 'Large', properties: { text: 'x'.repeat(9_200) } });
  await desk.letters.write();
  expect(await desk.names()).toEqual(['Event 7', 'Large']);
  desk.add({ name: 'Too large', properties: { text: 'x'.repeat(10_000) } });
  expect(await desk.names()).toEqual([]);

  await desk.letters.write();
  expect(await desk.letters.load(desk.folder)).toEqual([]);
  expect(desk.full).toBe(10);
  expect(desk.dropped.toSorted()).toEqual(
    ['Too large', 'Large', ...Array.from({ length: 8 }, (_, n) => `Event ${n}`)].toSorted(),
  );
});

test('a letter that is dropped before it is written is never written, and its record is settled as dropped', async () => {
  using desk = new Desk({ maxEvents: 100, maxBytes: 5_000 });
  desk.isThere = false;
  for (let n = 0; n < 20; n++) desk.add({ name: `Event ${n}`, properties: { text: 'x'.repeat(1_000) } });
  expect(desk.ends).toEqual(Array.from({ length: desk.full }, () => 'dropped'));
  const names = await desk.names();
  expect(names.length + desk.full).toBe(20);

  desk.isThere = true;
  await desk.letters.write();
  expect(desk.ends.filter((state) => state === 'dead')).toHaveLength(names.length);
  const text = readFileSync(join(desk.path, DEAD_LETTERS_FILE), 'utf8');
  expect(text.split('\n').filter((line) => line !== '')).toHaveLength(names.length);
  expect(text).not.toContain('"gone"');
});

test('the history counts a letter by its final outcome after that is removed from the file', async () => {
  using desk = new Desk();
  const { letters } = desk;
  for (let n = 0; n < 60; n++) desk.add({ properties: { text: 'x'.repeat(66_000) } });
  await letters.write();
  // Their segment is deleted in the meantime.
  const about = { segment: 'origin/0000000000000001-0', hour: '2026-01-01T00', type: 'track' } as const;
  const dead = { ...about, name: 'Event', lane: 'shop', state: 'dead', reason: 'refused' } as const;
  await desk.histories.add(desk.folder, [
    { ...dead, count: 60, seqs: [[1, 60]] },
    { segment: about.segment, keys: [] },
  ]);
  const kept = letters.of('shop');
  for (const each of kept.slice(0, 40)) letters.remove(each, 'redriven');
  for (const each of kept.slice(40, 55)) letters.remove(each, 'dropped', { reason: 'given_up' });
  await letters.write();
  // The file is too long now.
  desk.add({ properties: { text: 'x'.repeat(300_000) } });
  await letters.write();

  const left = readFileSync(join(desk.path, DEAD_LETTERS_FILE), 'utf8');
  expect(left.split('\n').filter((text) => text !== '')).toHaveLength(6);
  const { lines } = readLines(readFileSync(join(desk.path, HISTORY_FILE), 'utf8'), historyOf);
  expect(lines.filter((each) => !('keys' in each))).toEqual([
    { ...dead, state: 'redriven', reason: undefined, count: 40 },
    { ...dead, state: 'dropped', reason: 'given_up', count: 15 },
    { ...dead, count: 5, seqs: [[56, 60]] },
  ]);
});

test('an internal error during the write of letters is logged, and the letters are written later', async () => {
  using desk = new Desk();
  const { files } = desk.measured;
  const open = files.open.bind(files);
  files.open = () => Promise.reject(new TypeError('not a function'));
  desk.add({ name: 'Event' });
  await desk.letters.write();
  expect(desk.log.faults.internal).toBe(1);
  expect(desk.ends).toEqual([]);
  files.open = open;
  await desk.letters.write();
  expect(desk.ends).toEqual(['dead']);
});
