import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JournalOptions } from '../../lib/buffer/journal/options/journal-options.js';
import { expectAccounted } from '../support/accounting.js';
import type { Operation } from '../support/faulty-files.js';
import { JournalChild } from '../support/journal-child.js';
import { JournalDisk } from '../support/journal-disk.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { WEBHOOK } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;

let scene: Scene;
let server: MisbehavingServer;
let disk: JournalDisk;
let app: TrackedApplication;
/** 100 events a second. */
const traffic = { ms: 100, run: () => void app.track(10) };

const start = (options?: Partial<JournalOptions>): Promise<TrackedApplication> =>
  scene.application({
    destinations: [WEBHOOK.destination(server, { batch: { maxEvents: 100 } })],
    options: { buffer: disk.journal(options) },
  });

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
  disk = new JournalDisk(scene);
  app = await start();
  app.observe();
});

const states = (): unknown[] =>
  app.lifecycle
    .filter(({ type }) => type.startsWith('journal_'))
    .map(({ type, cause }) => [type, ...(cause === undefined ? [] : [cause])]);
const loud = (): string[] =>
  scene.log.of('error').filter((text) => text.includes('The journal cannot write'));
const record = (n: number): Promise<unknown> => app.tracking.record('Paid', { n }, { userId: `user-${n}` });

describe('a disk that fails', () => {
  const inSegment = ({ path }: Operation): boolean => path.endsWith('.jsonl');
  const faults: [string, string, () => () => void][] = [
    [
      'is full',
      'ENOSPC',
      () => {
        disk.files.limitFree(0);
        return () => disk.files.limitFree(1e12);
      },
    ],
    [
      'is read-only',
      'EROFS',
      () => {
        disk.files.disk.readOnly = true;
        return () => (disk.files.disk.readOnly = false);
      },
    ],
    ...(['EIO', 'EDQUOT'] as const).map((code): [string, string, () => () => void] => [
      `answers ${code} to every write`,
      code,
      () => {
        const fault = disk.files.fail('write', { code, times: Infinity, does: 'part' });
        return () => fault.lift();
      },
    ]),
    [
      'does all that it says it did not',
      'EIO',
      () => {
        const fault = disk.files.fail((operation) => operation.kind === 'write' && inSegment(operation), {
          code: 'EIO',
          times: Infinity,
          does: 'all',
        });
        return () => fault.lift();
      },
    ],
  ];

  it.each(faults)(
    'harms neither the application nor the delivery while it %s, is logged once, and recovers',
    async (_, cause, fail) => {
      await scene.run(2 * SECOND, traffic);
      const mend = fail();
      await scene.run(20 * SECOND, traffic);
      await expect(scene.ended(record(-2))).resolves.toMatchObject({ state: 'buffered' });
      expect(app.stats().journal).toMatchObject({ state: 'failing', cause });
      // Delivery continues from memory.
      expect(storedNumbers(server).length).toBeGreaterThan(app.numbers.length - 150);
      expect(loud()).toHaveLength(1);

      mend();
      await scene.until(() => app.stats().journal!.state === 'open', 30 * SECOND);
      await scene.run(2 * SECOND, traffic);
      await expect(scene.ended(record(-3))).resolves.toMatchObject({ state: 'committed' });
      await scene.until(app.idle);
      expect(storedNumbers(server)).toEqual([-3, -2, ...app.numbers]);
      expect(app.lane()).toMatchObject({ dropped: {}, dead: 0 });
      // A full disk has room for a moment when settled events that were only retained are deleted.
      expect(states().slice(0, 2)).toEqual([['journal_failing', cause], ['journal_open']]);
      expect(states().at(-1)).toEqual(['journal_open']);
      expect(loud()).toHaveLength(1);
    },
  );

  it.each(faults)(
    'loses nothing where it %s in an outage, and the process ends after it is back',
    async (_, _cause, fail) => {
      await server.goDown();
      await scene.run(SECOND, traffic);
      const mend = fail();
      await scene.run(10 * SECOND, traffic);
      mend();
      await scene.until(() => app.stats().journal!.state === 'open', 30 * SECOND);
      await scene.until(() => app.stats().journal!.uncommitted === 0);
      await app.close();
      expect(app.lane().handedOver).toBe(app.numbers.length);

      await server.comeUp();
      const next = await start();
      await scene.until(next.idle);
      expect(storedNumbers(server)).toEqual(app.numbers);
      expect(next.lane()).toMatchObject({ recovered: app.numbers.length, delivered: app.numbers.length });
    },
  );

  it('is missing at the start: the application starts, delivers from memory, and logs that', async () => {
    const late = new JournalDisk(scene);
    late.files.disk.readOnly = true;
    const without = await scene.application({
      destinations: [WEBHOOK.destination(server)],
      options: { buffer: late.journal() },
    });
    without.track(50);
    await scene.until(without.idle);
    expect(without.stats().journal).toMatchObject({ state: 'failing', cause: 'EROFS' });
    expect(storedNumbers(server)).toEqual(without.numbers);
    expect(loud()).toHaveLength(1);
    late.files.disk.readOnly = false;
    await scene.until(() => without.stats().journal!.state === 'open', 30 * SECOND);
    without.track(50);
    await scene.until(without.idle);
    expect(storedNumbers(server)).toEqual(without.numbers);
  });
});

describe('a disk that hangs', () => {
  const wholeDisk = (): boolean => true;
  const writes = ({ kind, path }: Operation): boolean => kind === 'write' && path.endsWith('.jsonl');

  it.each([
    ['answers nothing', wholeDisk],
    ['takes no write', writes],
  ])('keeps record() no longer than it may: it %s', async (_, hangs) => {
    await expect(scene.ended(record(-1))).resolves.toMatchObject({ state: 'committed' });
    const release = disk.hang(hangs);
    const begin = scene.clock.monotonic();
    await expect(scene.ended(record(-2))).resolves.toMatchObject({ state: 'buffered' });
    expect(scene.clock.monotonic() - begin).toBe(SECOND);
    await scene.run(30 * SECOND, traffic);
    expect(app.stats().journal).toMatchObject({ state: 'failing', cause: 'ETIMEDOUT' });
    expect(loud()).toHaveLength(1);
    const meanwhile = server.stored.length;
    expect(meanwhile).toBeGreaterThan(app.numbers.length - 150);

    release();
    await scene.until(() => app.stats().journal!.state === 'open', 30 * SECOND);
    await scene.run(SECOND, traffic);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual([-2, -1, ...app.numbers]);
    expect(states()).toEqual([['journal_failing', 'ETIMEDOUT'], ['journal_open']]);
  });

  it('delays close() until its deadline at most, which is logged', async () => {
    await server.goDown();
    const release = disk.hang(wholeDisk);
    app.track(200);
    const begin = scene.clock.monotonic();
    await scene.ended(app.nest.close());
    expect(scene.clock.monotonic() - begin).toBeLessThan(20 * SECOND);
    expect(scene.log.text).toContain("The journal's disk did not answer within");
    expectAccounted(app.stats());
    // Pending operations end with the disk.
    release();
    await scene.until(app.idle);
    await app.close();
  });
});

describe('a clock that jumps', () => {
  it.each([
    ['back by a day', -86_400 * SECOND],
    ['forth by a day', 86_400 * SECOND],
  ])('%s: everything is delivered once, by this process and the next', async (_, ms) => {
    await scene.run(SECOND, traffic);
    scene.clock.jump(ms);
    await scene.run(5 * SECOND, traffic);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
    await server.goDown();
    app.track(100);
    await scene.run(SECOND);
    scene.clock.jump(-ms / 2);
    await app.close();
    await server.comeUp();
    const next = await start();
    await scene.until(next.idle);
    expect(next.lane()).toMatchObject({ recovered: 100, delivered: 100 });
    expect(storedNumbers(server)).toEqual(app.numbers);
  });

  it.each([
    ['back by an hour', -3_600 * SECOND],
    ['back by forty years', -40 * 8_766 * 3_600 * SECOND],
    ['forth by an hour', 3_600 * SECOND],
  ])('%s while the process is down: the next one sends what it left, and what is new', async (_, ms) => {
    await server.goDown();
    app.track(101);
    await scene.run(SECOND);
    await app.close();
    scene.clock.jump(ms);
    await server.comeUp();
    const next = await start();
    next.track(10);
    await scene.until(next.idle, 60 * SECOND);
    expect(next.lane()).toMatchObject({ recovered: 101, delivered: 111, pending: 0 });
    expect(server.stored).toHaveLength(111);
  });

  it('forward for a moment: no event of a living process expires', async () => {
    const limited = await scene.application({
      destinations: [{ ...WEBHOOK.destination(server), name: 'limited', maxAgeMs: 3_600 * SECOND }],
      options: { buffer: disk.journal({ directory: '/var/limited' }) },
    });
    await server.goDown();
    limited.track(100);
    await scene.run(SECOND);
    scene.clock.jump(30 * 86_400 * SECOND);
    await scene.run(5 * SECOND);
    await server.comeUp();
    scene.clock.jump(-30 * 86_400 * SECOND);
    await scene.until(limited.idle);
    expect(limited.lane()).toMatchObject({ delivered: 100, dropped: {} });
  });
});

describe('a directory that is deleted', () => {
  let directory: string;
  let child: JournalChild | undefined;
  let collector: MisbehavingServer;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
    collector = await MisbehavingServer.start();
  });

  afterEach(async () => {
    await child?.kill();
    await collector.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('does not remove events in memory, and is created again', async () => {
    const plan = {
      journal: { directory: join(directory, 'var') },
      lanes: { webhook: { url: `${collector.url}/events` } },
    };
    await collector.goDown();
    child = new JournalChild(plan);
    await child.ready;
    await child.ask({ do: 'record', count: 300 });
    rmSync(directory, { recursive: true });
    await child.ask({ do: 'record', count: 300 });
    await child.until(({ journal }) => journal?.state === 'open' && journal.uncommitted === 0);
    await child.until(() => existsSync(plan.journal.directory));
    expect(child.output).toContain('The folder of the journal was deleted');
    await child.ask({ do: 'record', count: 100 });
    await child.kill();

    await collector.comeUp();
    child = new JournalChild({ ...plan, firstNumber: 1_000 });
    await child.ready;
    expectAccounted(await child.idle());
    expect(storedNumbers(collector)).toEqual(Array.from({ length: 700 }, (_, n) => n));
  });
});
