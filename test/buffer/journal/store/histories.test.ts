import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  historyOf as historyLine,
  keyLines,
  type HistoryCount,
  type HistoryLine,
} from '../../../../lib/buffer/journal/format/history-line.js';
import { LaneNames } from '../../../../lib/buffer/journal/ownership/lane-names.js';
import { HISTORY_FILE } from '../../../../lib/buffer/journal/format/file-names.js';
import { Histories } from '../../../../lib/buffer/journal/store/histories.js';
import { readLines } from '../../../support/checked-lines.js';
import { FaultyFiles } from '../../../support/faulty-files.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { MeasuredFiles } from '../../../support/measured-files.js';
import { Desk } from '../commands/desk.js';
import { acceptInGroups, historyOf, numbered, on, SEGMENT_BYTES, segmentsOf, sumOf } from './on-disk.js';

const DAY_MS = 86_400_000;
const NAMES = 100;
/** Bytes that are read or written at once. */
const SLICE_BYTES = 262_144;
const FOLDER = { path: '/var/tracking/folder', origin: 'owner', names: LaneNames.own };
const PATH = `${FOLDER.path}/history.jsonl`;

class Shelf {
  readonly clock = new ManualClock();
  readonly files = new FaultyFiles({ clock: this.clock, auto: true });
  readonly histories = this.open();

  constructor() {
    this.files.disk.makeFolder(FOLDER.path);
  }

  open(): Histories {
    return new Histories(this.files, this.clock, DAY_MS);
  }

  get counts(): HistoryCount[] {
    return readLines(this.files.text(PATH), historyLine).lines.flatMap((line) =>
      'keys' in line ? [] : [line],
    );
  }
}

async function keysOf(histories: Histories): Promise<string[]> {
  const keys: string[] = [];
  await histories.keys(FOLDER, (key) => keys.push(key));
  return keys;
}

/** The lines of a segment: one event of each name, and one key. */
function linesOf(segment: string, key: string, at: number): HistoryLine[] {
  const counts = Array.from({ length: NAMES }, (_, n) => ({
    segment,
    hour: '2026-01-01T00',
    type: 'track' as const,
    name: `Event ${n} ${'x'.repeat(100)}`,
    lane: 'shop',
    state: 'delivered' as const,
    count: 1,
  }));
  return [...counts, { segment, keys: [[key, at]] }];
}

describe('a history', () => {
  test('is shortened, with the same sums and the keys that are remembered', async () => {
    const shelf = new Shelf();
    const { clock, files, histories } = shelf;
    let most = 0;
    for (let n = 0; n < 400; n++) {
      const at = n < 200 ? clock.now() - DAY_MS - 1 : clock.now();
      await histories.add(FOLDER, linesOf(`owner/${n}`, `key ${n}`, at));
      most = Math.max(most, files.bytes(PATH).length);
    }
    const { counts } = shelf;
    const keys = await keysOf(histories);

    expect(most).toBeLessThan(5_000_000);
    expect(sumOf(counts)).toBe(400 * NAMES);
    expect(sumOf(counts.filter(({ name }) => name.startsWith('Event 7 ')))).toBe(400);
    expect(keys).toEqual(Array.from({ length: 200 }, (_, n) => `key ${200 + n}`));
    expect(files.text(PATH)).not.toContain('"key 0"');
    expect(await histories.has(FOLDER, 'owner/399')).toBe(true);
  });

  test('is shortened in slices with 200,000 keys, and other work gets its turn', async () => {
    const measured = new MeasuredFiles();
    const path = mkdtempSync(join(tmpdir(), 'nestjs-tracking-history-'));
    try {
      const folder = { ...FOLDER, path };
      const clock = new ManualClock();
      const histories = new Histories(measured.files, clock, DAY_MS);
      const id = (n: number): string => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
      const keys = (from: number): [string, number][] =>
        Array.from({ length: 10_000 }, (_, n) => [id(from + n), clock.now() - 200_000 + from + n]);
      const segments = Array.from({ length: 22 }, (_, n) => [...keyLines(`owner/${n}`, keys(n * 10_000))]);
      await histories.add(folder, segments.flat());
      measured.mostRead = measured.mostWritten = measured.mostInATurn = 0;
      const before = statSync(join(path, HISTORY_FILE)).size;
      await histories.add(folder, [{ segment: 'owner/last', keys: [] }]);
      const left = new Set<string>();
      await histories.keys(folder, (key) => left.add(key));

      expect(before).toBeGreaterThan(10_000_000);
      expect(left.size).toBe(200_000);
      expect(left.has(id(219_999))).toBe(true);
      expect(measured.mostRead).toBeLessThanOrEqual(SLICE_BYTES);
      expect(measured.mostWritten).toBeLessThanOrEqual(2 * SLICE_BYTES);
      expect(measured.mostInATurn).toBeLessThanOrEqual(3 * SLICE_BYTES);
    } finally {
      rmSync(path, { recursive: true });
    }
  });

  test('counts a segment once after it was shortened, if the segment could not be removed', async () => {
    const shelf = new Shelf();
    const now = shelf.clock.now();
    const stuck = '0000000000000001-0';
    shelf.files.disk.put(`${FOLDER.path}/${stuck}.jsonl`, Buffer.from(''));
    await shelf.histories.add(FOLDER, linesOf(`owner/${stuck}`, 'the key', now));
    for (let n = 0; n < 400; n++) await shelf.histories.add(FOLDER, linesOf(`owner/${n}`, `key ${n}`, now));
    const next = shelf.open();

    expect(await next.has(FOLDER, 'owner/0')).toBe(false);
    expect(await next.has(FOLDER, `owner/${stuck}`)).toBe(true);
    expect(sumOf(shelf.counts)).toBe(401 * NAMES);
    const keys = await keysOf(next);
    expect(keys.filter((key) => key === 'the key')).toHaveLength(1);
    expect(keys).toHaveLength(401);
  });

  for (const [what, arm] of [
    [
      'half of it',
      (files: FaultyFiles) =>
        files.fail(on('write', '/history.jsonl'), {
          code: 'EIO',
          does: 'part',
          choose: (choices) => Math.floor(choices / 2),
        }),
    ],
    [
      'all of it but the last bytes',
      (files: FaultyFiles) =>
        files.fail(on('write', '/history.jsonl'), {
          code: 'EIO',
          does: 'part',
          choose: (choices) => choices - 4,
        }),
    ],
    ['what fits on a full disk', (files: FaultyFiles) => files.limitFree(7_000)],
    [
      'all of it',
      (files: FaultyFiles) => files.fail(on('sync', '/history.jsonl'), { code: 'EIO', does: 'all' }),
    ],
    [
      'all of it, which then does not close',
      (files: FaultyFiles) => files.fail(on('close', '/history.jsonl'), { code: 'EIO' }),
    ],
  ] as const) {
    for (const restarts of [false, true]) {
      const life = restarts ? 'by the next life' : 'by the same life';
      test(`counts a segment once where a failing disk took ${what}, ${life}`, async () => {
        const shelf = new Shelf();
        const now = shelf.clock.now();
        await shelf.histories.add(FOLDER, linesOf('owner/1', 'key 1', now));
        arm(shelf.files);
        await shelf.histories.add(FOLDER, linesOf('owner/2', 'key 2', now)).catch(() => undefined);
        shelf.files.mend();
        shelf.files.disk.capacity = Infinity;
        const histories = restarts ? shelf.open() : shelf.histories;
        // As the deletion of a segment does.
        if (!(await histories.has(FOLDER, 'owner/2')))
          await histories.add(FOLDER, linesOf('owner/2', 'key 2', now));
        await histories.add(FOLDER, linesOf('owner/3', 'key 3', now));

        expect(sumOf(shelf.counts)).toBe(3 * NAMES);
        expect(readLines(shelf.files.text(PATH), historyLine).damaged).toBe(0);
        expect(await keysOf(histories)).toEqual(['key 1', 'key 2', 'key 3']);
      });
    }
  }

  test('counts a segment once if a round and a write delete it at the same time', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open(['shop'], {
      segmentBytes: SEGMENT_BYTES,
      maxBytes: 6 * SEGMENT_BYTES,
      retain: { days: 1 },
    });
    await acceptInGroups(desk, application, numbered(60));
    await desk.deliver(application, 'shop');
    await desk.turns(20);
    // Past its time, and in the way.
    const slow = desk.files.hang(on('open', '/history.jsonl'));
    desk.clock.advance(DAY_MS);
    await desk.when(() => desk.files.queued.some(on('open', '/history.jsonl')));
    for (const event of numbered(60, 60)) application.buffer.offer(event, 300, [{ lane: 'shop' }]);
    await desk.turns(10);
    slow.release();
    await desk.deliver(application, 'shop');
    await desk.turns(300);
    desk.clock.advance(2 * DAY_MS);
    await desk.when(() => segmentsOf(desk).length <= 1);
    await desk.turns(300);

    const left = segmentsOf(desk).flatMap((path) => desk.files.text(path).match(/"name":/g) ?? []).length;
    expect(sumOf(historyOf(desk)) + left).toBe(120);
  });
});

describe('an adopted folder', () => {
  for (const file of ['history.jsonl', 'dead.jsonl']) {
    test(`delivers its events and keeps its ${file} if that cannot be read`, async () => {
      const desk = new Desk(['shop']);
      const first = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
      await acceptInGroups(desk, first, numbered(20));
      await desk.deliver(first, 'shop');
      await desk.accept(first, ...numbered(1, 20));
      await desk.bury(first, 'shop');
      await acceptInGroups(desk, first, numbered(20, 21));
      await desk.when(() => historyOf(desk).length > 0);
      await desk.turns(100);
      desk.kill(first);
      const counted = sumOf(historyOf(desk));

      desk.files.fail(on('readText', `/${file}`), { code: 'EIO', times: Infinity });
      const second = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
      expect(await desk.deliver(second, 'shop')).toHaveLength(20);
      await desk.turns(500);
      desk.kill(second);
      const third = await desk.open(['shop']);
      await desk.turns(300);

      expect(third.buffer.ledger('shop')).toMatchObject({ pending: 0, dead: 1 });
      expect(sumOf(historyOf(desk))).toBeGreaterThanOrEqual(counted);
    });
  }
});
