import { chmodSync, chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { expectAccounted } from '../support/accounting.js';
import { JournalChild } from '../support/journal-child.js';
import type { JournalPlan } from '../support/journal-child.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { storedNumbers } from '../support/tracked-application.js';
import {
  APP,
  canActAsOthers,
  commandLineOf,
  directoryOf,
  forEachBelow,
  ROOT,
  treeOf,
  type User,
} from '../support/users.js';

/** Like a pod of OpenShift: an arbitrary uid, and the group of the volume. */
const ARBITRARY: User = { uid: 1_000_650_000, gid: 5_000 };
const VOLUME: User = { uid: 0, gid: ARBITRARY.gid };
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

let directory: ReturnType<typeof directoryOf>;
let server: MisbehavingServer;
let children: JournalChild[];

beforeEach(async () => {
  server = await MisbehavingServer.start();
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await server.close();
  directory.remove();
});

const start = async (user: User, plan: Partial<JournalPlan> = {}): Promise<JournalChild> => {
  const lanes = { webhook: { url: `${server.url}/events` } };
  const journal = { directory: directory.path, leaseMs: 1_000 };
  const child = new JournalChild({ journal, lanes, ...plan }, 0, {}, user);
  children.push(child);
  await child.ready;
  return child;
};

/** Events of an application that was killed while its platform was down. */
const leave = async (user: User, count: number): Promise<void> => {
  await server.goDown();
  const child = await start(user);
  await child.ask({ do: 'record', count });
  await child.kill();
  await server.comeUp();
};

const groupIn = (path: string): string => readdirSync(path).find((name) => /^[0-9a-f]{16}$/.test(name))!;

(canActAsOthers() ? describe : describe.skip)('several users on one directory', () => {
  it('a command of root that would write is rejected before it writes', async () => {
    directory = directoryOf(APP, 0o700);
    await leave(APP, 200);
    const before = treeOf(directory.path);
    for (const command of ['dead retry --all', 'replay --all', 'erase --user user-1 --yes']) {
      const { code, err } = await commandLineOf(ROOT, ['-C', directory.path, ...command.split(' ')]);
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringMatching(/uid 1000.*uid 0.*sudo -u '#1000'/),
      });
    }
    expect(treeOf(directory.path)).toEqual(before);

    expect((await commandLineOf(ROOT, ['-C', directory.path, 'status', '--json'])).code).toBe(0);
    const next = await start(APP);
    expect((await next.idle()).lanes['webhook']).toMatchObject({ recovered: 200, delivered: 200 });
    expect(storedNumbers(server)).toEqual(upTo(200));
  }, 120_000);

  it('events that an application of root left are reported with their owner, and delivered after a change of the owner', async () => {
    directory = directoryOf(VOLUME, 0o2775);
    await leave(ROOT, 20);
    const group = join(directory.path, groupIn(directory.path));

    const app = await start({ ...APP, gid: VOLUME.gid });
    const stats = await app.until(({ journal }) => journal!.unreadable.length > 0);
    expect(stats.journal!.unreadable).toEqual([{ path: group, code: 'EACCES', uid: 0 }]);
    expectAccounted(stats);
    const status = await commandLineOf(APP, ['-C', directory.path, 'status']);
    expect(status).toMatchObject({ code: 1, err: expect.stringContaining(`${group} cannot be read`) });
    expect(status.err).toContain('uid 0');

    forEachBelow(group, (path) => chownSync(path, APP.uid, VOLUME.gid));
    await app.ask({ do: 'track', count: 1 });
    await app.until(({ lanes, journal }) => lanes['webhook']!.delivered === 21 && journal!.state === 'open');
    expect((await app.stats()).journal!.unreadable).toEqual([]);
    expect(app.output).toMatch(
      /cannot write to (\S+) \(EACCES\).*mkdir -p \1 && chown -R 1000 \1.* folders above it/,
    );
  });

  it('a folder that another user planted is not adopted', async () => {
    directory = directoryOf(VOLUME, 0o2775);
    await leave(ARBITRARY, 20);
    const group = join(directory.path, groupIn(directory.path));
    const folder = join(group, readdirSync(group)[0]!);
    forEachBelow(folder, (path, isFolder) => {
      chownSync(path, 2_000, ARBITRARY.gid);
      chmodSync(path, isFolder ? 0o755 : 0o644);
    });

    const app = await start(ARBITRARY);
    await app.ask({ do: 'record', count: 1 });
    const stats = await app.until(({ journal }) => journal!.unreadable.length > 0);
    expect(stats.journal!.unreadable).toEqual([{ path: folder, code: 'EACCES', uid: 2_000 }]);
    expect(stats.journal!.stranded).toMatchObject([{ reason: 'unreadable', events: null }]);
    expect((await app.idle()).lanes['webhook']).toMatchObject({ adopted: 0, recovered: 0, delivered: 1 });
    expect(storedNumbers(server)).toEqual([0]);
  });

  it('an arbitrary uid can use a Kubernetes volume, also after its group got access to all files', async () => {
    directory = directoryOf(VOLUME, 0o2775);
    await leave(ARBITRARY, 20);
    // The kubelet does this at each start of a pod with an fsGroup.
    forEachBelow(directory.path, (path, isFolder) => {
      chmodSync(path, isFolder ? 0o2770 : 0o660);
    });
    const next = await start(ARBITRARY);
    expect((await next.idle()).lanes['webhook']).toMatchObject({ recovered: 20, delivered: 20 });
  });
});
