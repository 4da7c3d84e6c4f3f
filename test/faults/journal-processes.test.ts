import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrackingStats } from '../../lib/observe/stats.js';
import { nodeFiles } from '../../lib/buffer/journal/files/node-files.js';
import { processIdentity } from '../../lib/buffer/journal/ownership/process-identity.js';
import { expectAccounted, expectOnDisk, strandedOf } from '../support/accounting.js';
import { JournalChild } from '../support/journal-child.js';
import type { JournalPlan } from '../support/journal-child.js';
import { PLATFORMS } from '../support/platforms.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { countedNumbers, storedNumbers } from '../support/tracked-application.js';

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => from + n);
/** The first number of a process's events, so that no two processes share any. */
const SECOND = 1_000_000;
const THIRD = 2_000_000;

let directory: string;
let server: MisbehavingServer;
let children: JournalChild[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  server = await MisbehavingServer.start();
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const begin = (plan: Partial<JournalPlan> = {}, workers?: number): JournalChild => {
  const child = new JournalChild(
    {
      journal: { directory, leaseMs: 1_000 },
      lanes: { webhook: { url: `${server.url}/events` } },
      ...plan,
    },
    workers,
  );
  children.push(child);
  return child;
};

const start = async (plan?: Partial<JournalPlan>, workers?: number): Promise<JournalChild> => {
  const child = begin(plan, workers);
  await child.ready;
  return child;
};

/** How often the files are read before a difference counts as an error. */
const MAX_LOOKS = 100;

const laneOf = (stats: TrackingStats, name = 'webhook'): TrackingStats['lanes'][string] => {
  expectAccounted(stats);
  return stats.lanes[name]!;
};

/** Resolves when the files equal the counts of the only process: it writes an acknowledgement shortly after it counts it. */
const onDisk = async (stats: TrackingStats): Promise<void> => {
  const reading = { directory, files: nodeFiles, process: processIdentity(), now: Date.now };
  for (let looks = 1; ; looks++) {
    try {
      return await expectOnDisk(reading, [stats]);
    } catch (error) {
      if (looks === MAX_LOOKS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** The events that it recorded, without those that were rejected after the shutdown. */
const acceptedBy = ({ offered, said }: JournalChild): number[] => {
  const refused = new Set([...(said.get('refused') ?? []), ...(said.get('rejected') ?? [])]);
  return offered.flatMap(([from, to]) => upTo(to - from + 1, from)).filter((n) => !refused.has(n));
};

/** Polls a condition that no process reports. */
const until = async (goal: () => boolean): Promise<void> => {
  while (!goal()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe.each(PLATFORMS)('the death of a process with $name()', ({ name: platform }) => {
  const lanes = (): JournalPlan['lanes'] => ({ webhook: { platform, url: server.url } });

  it('loses none of the 5,000 events that were committed in an outage before SIGKILL', async () => {
    await server.goDown();
    const killed = await start({ lanes: lanes() });
    await killed.ask({ do: 'record', count: 5_000 });
    expect(killed.committed).toHaveLength(5_000);
    await killed.kill();

    await server.comeUp();
    const next = await start({ lanes: lanes() });
    expect(laneOf(await next.idle())).toMatchObject({ recovered: 5_000, delivered: 5_000, dropped: {} });
    expect(countedNumbers(server)).toEqual(upTo(5_000));
  });

  it('delivers the 5,000 queued events on SIGTERM, and leaves none to the next process', async () => {
    server.behave('hang');
    const ending = await start({
      lanes: lanes(),
      shutdownHooks: true,
      shutdownMs: 30_000,
      timeoutMs: 30_000,
    });
    await ending.ask({ do: 'track', count: 5_000 });
    ending.signal('SIGTERM');
    server.behave(200);
    server.release();
    expect(await ending.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(ending.output).not.toContain('Shut down with');
    expect(storedNumbers(server)).toEqual(upTo(5_000));
    const next = await start({ lanes: lanes() });
    expect(laneOf(await next.idle())).toMatchObject({ recovered: 0, adopted: 0 });
    expect(server.stored).toHaveLength(5_000);
  });

  it('keeps the events that are pending at SIGTERM while the collector never answers', async () => {
    server.behave('hang');
    const ending = await start({ lanes: lanes(), shutdownHooks: true, shutdownMs: 300 });
    await ending.ask({ do: 'track', count: 500 });
    ending.signal('SIGTERM');
    expect(await ending.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(ending.output).not.toContain('are lost');

    server.behave(200);
    const next = await start({ lanes: lanes() });
    expect(laneOf(await next.idle())).toMatchObject({ recovered: 500, delivered: 500, dropped: {} });
    expect(storedNumbers(server)).toEqual(upTo(500));
  });
});

describe('the death of a process', () => {
  it.each([
    ['process.exit()', 'exit', 0],
    ['an uncaught error', 'throw', 1],
  ] as const)('loses none of the events before %s, to the very last', async (_, how, code) => {
    await server.goDown();
    const ending = await start();
    await ending.ask({ do: 'track', count: 100 });
    ending.tell({ do: how, track: 300 });
    expect(await ending.ended).toEqual({ code, signal: null });
    expect(ending.output).not.toContain('lost');

    await server.comeUp();
    const next = await start();
    expect(laneOf(await next.idle())).toMatchObject({ recovered: 400, delivered: 400 });
    expect(storedNumbers(server)).toEqual(upTo(400));
  });

  it('writes the last group also if it is the first one', async () => {
    await server.goDown();
    const ending = await start();
    ending.tell({ do: 'exit', track: 1 });
    await ending.ended;
    await server.comeUp();
    const next = await start();
    expect(laneOf(await next.idle())).toMatchObject({ recovered: 1, delivered: 1 });
  });

  it.each<[string, (broken: MisbehavingServer) => unknown]>([
    ['refuses connections', (broken) => broken.goDown()],
    ['answers 500', (broken) => broken.behave(500)],
    ['answers 401', (broken) => broken.behave(401)],
  ])('keeps what SIGTERM leaves while the collector %s, and says that it is not lost', async (_, fail) => {
    await fail(server);
    const ending = await start({ shutdownHooks: true, shutdownMs: 300 });
    await ending.ask({ do: 'track', count: 500 });
    ending.signal('SIGTERM');
    expect(await ending.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(ending.output).toContain(
      "Shut down with 500 events not delivered to 'webhook': they stay in the journal and are sent after the next start.",
    );
    expect(ending.output).not.toContain('are lost');

    if (!server.isUp) await server.comeUp();
    server.behave(200);
    const next = await start();
    expect(laneOf(await next.idle())).toMatchObject({ recovered: 500, delivered: 500, dropped: {} });
    expect(storedNumbers(server)).toEqual(upTo(500));
  });
});

describe('several processes on one directory', () => {
  it('lets the other process adopt the events of a killed one, and send each once', async () => {
    await server.goDown();
    const [killed, living] = await Promise.all([start(), start({ firstNumber: SECOND })]);
    await Promise.all([killed, living].map((child) => child.ask({ do: 'record', count: 200 })));
    await killed.kill();
    await living.until((stats) => laneOf(stats).adopted === 200);
    await server.comeUp();
    expect(laneOf(await living.idle())).toMatchObject({ accepted: 200, adopted: 200, delivered: 400 });
    expect(storedNumbers(server)).toEqual([...upTo(200), ...upTo(200, SECOND)]);
  });

  it('adopts the events of a process that is only stopped, and later commits of that process arrive when it continues', async () => {
    await server.goDown();
    const [stopped, living] = await Promise.all([
      start({ load: { perTick: 2, everyMs: 10 } }),
      start({ firstNumber: SECOND }),
    ]);
    await until(() => stopped.committed.length > 50);
    const { journal } = await stopped.stats();
    stopped.signal('SIGSTOP');
    await living.until((stats) => laneOf(stats).adopted > 0 && stats.journal?.recovering === false);
    await server.comeUp();
    await living.idle();
    stopped.signal('SIGCONT');
    await stopped.until(
      (stats) => stats.journal?.state === 'open' && stats.journal.folder !== journal!.folder,
    );
    await stopped.ask({ do: 'rest' });
    expectAccounted(await stopped.idle());
    expectAccounted(await living.idle());
    expect(stopped.output).toContain('This process continues in a new folder');
    expect(stopped.output).toContain('did not run for longer than its lease allows');
    expect(stopped.output).not.toMatch(/disk|upkeep/);
    const arrived = new Set(countedNumbers(server));
    expect(stopped.committed.filter((n) => !arrived.has(n))).toEqual([]);
    // It did not crash: every accepted event arrives.
    expect([...arrived]).toEqual(acceptedBy(stopped));
  });

  it('loses and doubles nothing when a new process starts before the old one ends', async () => {
    const load = { perTick: 3, everyMs: 10 };
    const old = await start({ load, shutdownHooks: true });
    await until(() => old.committed.length > 50);
    const young = await start({ load, firstNumber: SECOND });
    await until(() => young.committed.length > 50);
    old.signal('SIGTERM');
    await old.ended;
    await until(() => young.committed.length > 150);
    await young.ask({ do: 'rest' });
    expectAccounted(await young.idle());
    const accepted = [old, young].flatMap(acceptedBy);
    expect(storedNumbers(server)).toEqual(accepted);
  });

  it('continues in a cluster of three workers when one of them is killed', async () => {
    await server.goDown();
    const cluster = await start({}, 3);
    await Promise.all([1, 2, 3].map((worker) => cluster.ask({ do: 'record', count: 100 }, worker)));
    expect(cluster.committed).toHaveLength(300);
    await cluster.ask({ do: 'kill' }, 2);
    const adopted = async (): Promise<number> =>
      laneOf(await cluster.stats(1)).adopted + laneOf(await cluster.stats(3)).adopted;
    while ((await adopted()) < 100) await new Promise((resolve) => setTimeout(resolve, 20));
    await server.comeUp();
    for (const worker of [1, 3]) await cluster.until((stats) => laneOf(stats).pending === 0, worker);
    expect(await adopted()).toBe(100);
    expect(storedNumbers(server)).toEqual([1, 2, 3].flatMap((worker) => upTo(100, worker * 1_000_000)));
  });
});

describe('the journal of another configuration', () => {
  const left = async (lanes: JournalPlan['lanes'], count = 10): Promise<void> => {
    const killed = await start({ lanes });
    await killed.ask({ do: 'record', count });
    await killed.kill();
  };
  const url = (path: string): string => `${server.url}/${path}`;

  it.each<[string, string, () => JournalPlan['lanes']]>([
    ['another service', 'of a service that is not running', () => ({ elsewhere: { url: url('elsewhere') } })],
    ['another account', 'has another account here', () => ({ webhook: { url: url('before') } })],
  ])('is left alone and named where it is of %s, and sent when that one is back', async (_, said, lanes) => {
    await server.goDown();
    await left(lanes());
    await server.comeUp();
    const other = await start({ firstNumber: SECOND });
    await until(
      () => other.output.includes('10 events in the journal are pending') && other.output.includes(said),
    );
    await other.ask({ do: 'record', count: 10 });
    const stats = await other.idle();
    expect(laneOf(stats)).toMatchObject({ accepted: 10, recovered: 0, adopted: 0 });
    expect(storedNumbers(server)).toEqual(upTo(10, SECOND));
    await onDisk(stats);

    const back = await start({ lanes: lanes() });
    await back.idle();
    expect(storedNumbers(server)).toEqual([...upTo(10), ...upTo(10, SECOND)]);
  });

  it('gives a new lane no event of the backlog', async () => {
    await server.goDown();
    await left({ old: { url: url('old') } });
    await server.comeUp();
    const next = await start({
      lanes: { old: { url: url('old') }, young: { url: url('young') } },
      firstNumber: SECOND,
    });
    await next.until((stats) => stats.lanes['old']!.recovered + stats.lanes['old']!.adopted === 10);
    await next.ask({ do: 'record', count: 5 });
    const { lanes } = await next.idle();
    expect(lanes['young']).toMatchObject({ accepted: 5, recovered: 0, adopted: 0, delivered: 5 });
    const numbersAt = (path: string): number[] =>
      server.requests
        .filter((request) => request.path === path)
        .flatMap(({ events }) => events.map(({ n }) => n));
    expect(numbersAt('/old').toSorted((a, b) => a - b)).toEqual([...upTo(10), ...upTo(5, SECOND)]);
    expect(numbersAt('/young')).toEqual(upTo(5, SECOND));
  });

  it('keeps the pending events of a removed lane until it is back, and delays no other lane', async () => {
    const both = { stays: { url: url('stays') }, goes: { url: url('goes') } };
    await server.goDown();
    await left(both);
    await server.comeUp();
    const one = await start({ lanes: { stays: both.stays }, firstNumber: SECOND });
    await one.until(({ lanes }) => lanes['stays']!.adopted + lanes['stays']!.recovered === 10);
    const stats = await one.until(
      ({ journal, lanes }) => strandedOf(journal!)['goes'] === 10 && lanes['stays']!.pending === 0,
    );
    await onDisk(stats);
    expect(server.requests.map(({ path }) => path)).toEqual(['/stays']);
    await one.ask({ do: 'close' });
    await one.kill();

    const again = await start({ lanes: both, firstNumber: THIRD });
    await again.until(({ lanes }) => lanes['goes']!.adopted + lanes['goes']!.recovered === 10);
    const { lanes } = await again.idle();
    expect(lanes['stays']).toMatchObject({ recovered: 0, adopted: 0, delivered: 0 });
    expect(server.requests.map(({ path }) => path)).toEqual(['/stays', '/goes']);
  });
});
