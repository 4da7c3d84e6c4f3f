import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { LaneNames } from '../../../../lib/buffer/journal/ownership/lane-names.js';
import { accountsOf, LEASE_MS, Neighbourhood, type Neighbour } from './neighbourhood.js';

const SHOP = accountsOf(['kissmetrics', 'webhook']);
const NOTHING = { taken: [], foreign: [], unknown: [], denied: [] };

let street: Neighbourhood;
beforeEach(async () => void (street = await Neighbourhood.make()));
afterEach(() => street.remove());

const originsOf = (found: { taken: readonly { origin: string }[] }) =>
  found.taken.map(({ origin }) => origin).sort();
const ownersOf = (...all: Neighbour[]) => all.map(({ folder }) => folder.owner).sort();

describe('a dead process', () => {
  test('the folder of a process that is proven to be gone is adopted at once', async () => {
    const dead = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    street.kill(dead);
    expect(await me.adoption.look()).toEqual({
      taken: [
        {
          path: join(street.directory, me.group, `${me.folder.owner}+${dead.folder.owner}`),
          origin: dead.folder.owner,
          group: dead.group,
          names: expect.anything(),
          exact: true,
          wasClosed: false,
        },
      ],
      foreign: [],
      unknown: [],
      denied: [],
    });
    expect(await me.adoption.look()).toEqual(NOTHING);
    expect(await street.names(me.group)).toEqual(
      [me.folder.owner, `${me.folder.owner}+${dead.folder.owner}`].sort(),
    );
  });

  test('a closed folder is adopted at once, and its mark is removed', async () => {
    const closed = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    await closed.folder.close();
    const { taken } = await me.adoption.look();
    expect(taken).toMatchObject([{ origin: closed.folder.owner, wasClosed: true }]);
    expect(await fs.readdir(taken[0]!.path)).not.toContain('closed');
  });

  test('a folder with a heartbeat is not adopted, whatever its clock shows', async () => {
    const living = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    expect(await street.watch(me, 3 * LEASE_MS, [living])).toEqual(NOTHING);
    street.clock.jump(-3_600_000);
    expect(await street.watch(me, 3 * LEASE_MS, [living])).toEqual(NOTHING);
    street.clock.jump(7_200_000);
    expect(await street.watch(me, 3 * LEASE_MS, [living])).toEqual(NOTHING);
  });

  test('the folder of an unknown process is adopted after its lease, also when the clock jumps', async () => {
    const silent = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    street.clock.jump(3_600_000);
    expect(await street.watch(me, LEASE_MS)).toEqual(NOTHING);
    street.clock.jump(-7_200_000);
    expect(originsOf(await street.watch(me, LEASE_MS))).toEqual(ownersOf(silent));
  });

  test('the lease is that of the owner', async () => {
    const patient = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    const file = join(patient.folder.path, 'owner.json');
    const facts = JSON.parse(await fs.readFile(file, 'utf8')) as object;
    await fs.writeFile(file, JSON.stringify({ ...facts, leaseMs: 4 * LEASE_MS }));
    expect(await street.watch(me, 4 * LEASE_MS)).toEqual(NOTHING);
    expect(originsOf(await street.watch(me, 2 * LEASE_MS))).toEqual(ownersOf(patient));
  });

  test('time in which both processes were frozen does not count', async () => {
    const living = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    await me.adoption.look();
    street.clock.advance(100 * LEASE_MS);
    expect(await me.adoption.look()).toEqual(NOTHING);
    await living.folder.heartbeat();
    expect(await me.adoption.look()).toEqual(NOTHING);
  });

  test('a new incomplete folder is not adopted, and an abandoned one is removed', async () => {
    const me = await street.moveIn(SHOP);
    const home = join(street.directory, me.group);
    const dead = await street.moveIn(SHOP);
    const incomplete = join(home, `.new-${dead.folder.owner}`);
    await fs.rename(dead.folder.path, incomplete);
    const strange = join(home, '.new-strange');
    await fs.mkdir(strange);
    await fs.writeFile(join(strange, '0000000000000001-0.jsonl'), 'events');
    expect(await street.watch(me, 5 * LEASE_MS)).toEqual(NOTHING);
    expect(await street.names(me.group)).toContain(`.new-${dead.folder.owner}`);
    street.kill(dead);
    expect(await me.adoption.look()).toEqual(NOTHING);
    expect(await street.names(me.group)).toEqual(['.new-strange', me.folder.owner]);
    expect((await street.watch(me, 6 * LEASE_MS)).unknown[0]).toEqual({
      path: strange,
      names: ['0000000000000001-0.jsonl'],
    });
    expect(await fs.readdir(strange)).toEqual(['0000000000000001-0.jsonl']);
  });

  test('a process never adopts its own folder', async () => {
    const me = await street.moveIn(SHOP);
    street.kill(me);
    await me.folder.close();
    expect(await me.adoption.look()).toEqual(NOTHING);
  });

  test('the directory may be missing', async () => {
    const me = await street.moveIn(SHOP);
    await fs.rm(street.directory, { recursive: true });
    expect(await me.adoption.look()).toEqual(NOTHING);
  });
});

describe('the adopter', () => {
  test('is exactly one of several processes, for each folder', async () => {
    const dead = await Promise.all(Array.from({ length: 8 }, () => street.moveIn(SHOP)));
    const heirs = await Promise.all(Array.from({ length: 6 }, () => street.moveIn(SHOP)));
    dead.forEach((one) => street.kill(one));
    const found = await Promise.all(heirs.map(({ adoption }) => adoption.look()));
    expect(found.flatMap(originsOf).sort()).toEqual(ownersOf(...dead));
    for (const { taken } of found)
      for (const { path } of taken) expect(await fs.readdir(path)).toContain('owner.json');
  });

  test('gets the folders that a dead process had adopted', async () => {
    const p = await street.moveIn(SHOP);
    const b = await street.moveIn(SHOP);
    street.kill(p);
    const [held] = (await b.adoption.look()).taken;
    const c = await street.moveIn(SHOP);
    // The process that made it is dead, and it still has an owner.
    expect(await street.watch(c, 2 * LEASE_MS, [b])).toEqual(NOTHING);
    street.kill(b);
    const found = await c.adoption.look();
    expect(originsOf(found)).toEqual(ownersOf(b, p));
    expect(found.taken.every(({ exact }) => exact)).toBe(true);
    expect(await b.adoption.holds(held!)).toBe(false);
    expect(await b.folder.check()).toBe('taken');
  });

  test('counts as dead when its own folder is missing', async () => {
    const p = await street.moveIn(SHOP);
    const b = await street.moveIn(SHOP);
    street.kill(p);
    await b.adoption.look();
    await fs.rm(b.folder.path, { recursive: true });
    const c = await street.moveIn(SHOP);
    expect(originsOf(await c.adoption.look())).toEqual(ownersOf(p));
  });

  test('does not lose a folder by the mark that is still in it', async () => {
    const p = await street.moveIn(SHOP);
    const b = await street.moveIn(SHOP);
    const c = await street.moveIn(SHOP);
    street.kill(p);
    const [held] = (await b.adoption.look()).taken;
    await fs.writeFile(join(held!.path, 'closed'), '');
    expect(await street.watch(c, 2 * LEASE_MS, [b])).toEqual(NOTHING);
  });

  test('completes an adoption that was interrupted', async () => {
    let broken = true;
    const p = await street.moveIn(SHOP);
    await p.folder.close();
    const me = await street.moveIn(SHOP, {
      ...street.files,
      remove: (path) =>
        broken ? Promise.reject(Object.assign(new Error('i/o'), { code: 'EIO' })) : street.files.remove(path),
    });
    expect(await me.adoption.look()).toMatchObject({ taken: [], denied: [{ code: 'EIO' }] });
    broken = false;
    expect(await me.adoption.look()).toMatchObject({ taken: [{ origin: p.folder.owner, exact: true }] });
    expect(await me.adoption.look()).toEqual(NOTHING);
  });

  test('runs one look at a time', async () => {
    const p = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    street.kill(p);
    const both = await Promise.all([me.adoption.look(), me.adoption.look()]);
    expect(both.flatMap(originsOf)).toEqual(ownersOf(p));
  });
});

describe('accounts', () => {
  const strangersOf = ({ foreign }: { foreign: readonly { names?: LaneNames | undefined }[] }) =>
    foreign.flatMap(({ names }) =>
      [...names!.strangers.values()].map(({ destination, reason }) => [destination, reason]),
    );

  test('the folder of another account is not adopted, and listed from the first look on', async () => {
    const old = await street.moveIn(accountsOf(['kissmetrics', 'webhook'], 'digest-of-an-old-key'));
    street.kill(old);
    const me = await street.moveIn(SHOP);
    for (let look = 0; look < 3; look++) {
      const found = await me.adoption.look();
      expect(found).toMatchObject({ taken: [], foreign: [{ path: old.folder.path }] });
      expect(strangersOf(found)).toEqual([
        ['kissmetrics', 'account_changed'],
        ['webhook', 'account_changed'],
      ]);
    }
    expect(await street.names(old.group)).toEqual([old.folder.owner]);
  });

  test('a process that ends while we run may be restarting', async () => {
    const old = await street.moveIn(accountsOf(['kissmetrics'], 'digest-of-an-old-key'));
    const me = await street.moveIn(SHOP);
    expect(await street.watch(me, LEASE_MS, [old])).toEqual(NOTHING);
    street.kill(old);
    expect(await me.adoption.look()).toEqual(NOTHING);
    expect((await street.watch(me, 2 * LEASE_MS)).foreign).toMatchObject([{ path: old.folder.path }]);
  });

  test('one other account does not prevent the adoption for the others', async () => {
    const { kissmetrics, webhook } = accountsOf(['kissmetrics', 'webhook']);
    const old = await street.moveIn({
      kissmetrics: kissmetrics!,
      webhook: { ...webhook!, key: 'old' },
    });
    const me = await street.moveIn(SHOP);
    street.kill(old);
    const [taken] = (await street.watch(me, 3 * LEASE_MS)).taken;
    expect(taken).toMatchObject({ origin: old.folder.owner, exact: false });
    const { names } = taken!;
    expect(names.here('kissmetrics')).toBe('kissmetrics');
    expect(names.here('webhook')).toBe('webhook (webhook/webhook.example/old)');
  });

  test('the name of a destination is not part of its account', async () => {
    const { kissmetrics, webhook } = accountsOf(['kissmetrics', 'webhook']);
    const before = await street.moveIn({ one: kissmetrics!, two: webhook! });
    const me = await street.moveIn({ two: kissmetrics!, three: webhook! });
    street.kill(before);
    const [taken] = (await me.adoption.look()).taken;
    expect(taken).toMatchObject({ exact: true });
    expect(['one', 'two'].map((name) => taken!.names.here(name))).toEqual(['two', 'three']);
  });

  test('between several destinations of one account the name decides, then the credentials, then their order', () => {
    const account = (credentials: string) => ({ kind: 'webhook', host: 'a', key: 'k', credentials });
    const ours = { a: account('1'), b: account('2'), c: account('3') };
    const names = new LaneNames({ b: account('1'), x: account('3'), y: account('9') }, ours);
    expect(['b', 'x', 'y'].map((name) => names.here(name))).toEqual(['b', 'c', 'a']);
    expect(names.lanesOf(['b', 'x', 'y'])).toEqual(['b', 'c', 'a']);
    // A folder of an earlier version has only the digest with credentials.
    const old = new LaneNames({ x: { kind: 'webhook', host: 'a', key: '2' } }, ours);
    expect(old.here('x')).toBe('b');
    expect([...old.changed]).toEqual([['b', 'name']]);
  });

  test('several destinations that are one now are reported together', () => {
    const account = { kind: 'webhook', host: 'a', key: 'k' };
    const names = new LaneNames({ a: account, b: account }, { c: account });
    expect(names.lanesOf(['a', 'b'])).toEqual(['c']);
    expect(names.toDisk([{ lane: 'c', seqs: 1 }])).toEqual([
      { lane: 'a', seqs: 1 },
      { lane: 'b', seqs: 1 },
    ]);
  });

  test('the folder of another service is listed when that service does not restart', async () => {
    const other = await street.moveIn(accountsOf(['mixpanel']));
    const me = await street.moveIn(SHOP);
    await other.folder.close();
    expect(await street.watch(me, LEASE_MS / 2)).toEqual(NOTHING);
    const found = await street.watch(me, 3 * LEASE_MS);
    expect(found).toMatchObject({ taken: [], foreign: [{ path: other.folder.path }] });
    expect(strangersOf(found)).toEqual([['mixpanel', 'other_service']]);
  });

  test('after a destination was added, older folders are adopted at once', async () => {
    const before = await street.moveIn(accountsOf(['kissmetrics']));
    const me = await street.moveIn(SHOP);
    street.kill(before);
    expect((await me.adoption.look()).taken).toMatchObject([
      {
        origin: before.folder.owner,
        group: before.group,
        exact: true,
      },
    ]);
    expect(await street.names(before.group)).toEqual([]);
  });

  test('after a destination was removed, older folders are adopted if no process has it any more', async () => {
    const before = await street.moveIn(SHOP);
    const me = await street.moveIn(accountsOf(['webhook']));
    street.kill(before);
    expect(await street.watch(me, LEASE_MS / 2)).toEqual(NOTHING);
    expect((await street.watch(me, LEASE_MS)).taken).toMatchObject([
      { origin: before.folder.owner, exact: false },
    ]);
  });

  test('a process that delivers all lanes adopts first', async () => {
    const before = await street.moveIn(SHOP);
    const part = await street.moveIn(accountsOf(['webhook']));
    street.kill(before);
    expect(await street.watch(part, LEASE_MS / 2)).toEqual(NOTHING);
    const whole = await street.moveIn(SHOP);
    expect(originsOf(await whole.adoption.look())).toEqual(ownersOf(before));
    expect(await street.watch(part, 3 * LEASE_MS, [whole])).toEqual(NOTHING);
  });

  test('a folder that was given back can be adopted by others, and not by us again', async () => {
    const before = await street.moveIn(SHOP);
    const me = await street.moveIn(accountsOf(['webhook']));
    street.kill(before);
    const [taken] = (await street.watch(me, 2 * LEASE_MS)).taken;
    await me.adoption.release(taken!);
    expect(await street.names(before.group)).toEqual([before.folder.owner]);
    expect(await street.watch(me, 3 * LEASE_MS)).toMatchObject({
      taken: [],
      foreign: [{ path: before.folder.path }],
    });
    const whole = await street.moveIn(SHOP);
    expect((await whole.adoption.look()).taken).toMatchObject([
      { origin: before.folder.owner, wasClosed: true },
    ]);
    // Another process has it, so it cannot be given back.
    await me.adoption.release(taken!);
    expect(await street.names(before.group)).toContain(`${whole.folder.owner}+${before.folder.owner}`);
  });

  test('a folder of the earlier format is adopted', async () => {
    const earlier = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    const file = join(earlier.folder.path, 'owner.json');
    const facts = JSON.parse(await fs.readFile(file, 'utf8')) as object;
    await fs.writeFile(file, JSON.stringify({ ...facts, format: 1 }));
    await earlier.folder.close();
    expect((await me.adoption.look()).taken).toMatchObject([{ origin: earlier.folder.owner }]);
  });

  test('a folder of a later version is not adopted, and listed once', async () => {
    const later = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    const file = join(later.folder.path, 'owner.json');
    const facts = JSON.parse(await fs.readFile(file, 'utf8')) as object;
    await fs.writeFile(file, JSON.stringify({ ...facts, format: 3 }));
    await later.folder.close();
    expect(await street.watch(me, 3 * LEASE_MS)).toMatchObject({
      taken: [],
      foreign: [{ path: later.folder.path, reason: 'other_version' }],
    });
  });
});

describe('damage', () => {
  test.each(['', 'null', '{"format":1}', '{"format":1,"pid":-1', '\0\0\0\0'])(
    'an owner file that says %j is no reason to lose what is beside it',
    async (text) => {
      const broken = await street.moveIn(SHOP);
      const elsewhere = await street.moveIn(accountsOf(['mixpanel']));
      const me = await street.moveIn(SHOP);
      for (const { folder } of [broken, elsewhere]) await fs.writeFile(join(folder.path, 'owner.json'), text);
      street.kill(broken);
      expect(await street.watch(me, LEASE_MS)).toEqual(NOTHING);
      expect(await street.watch(me, 3 * LEASE_MS)).toMatchObject({
        taken: [{ origin: broken.folder.owner, exact: false }],
        foreign: [{ path: elsewhere.folder.path, reason: 'unreadable' }],
      });
    },
  );

  test('a missing owner file counts as a damaged one', async () => {
    const broken = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    await fs.rm(join(broken.folder.path, 'owner.json'));
    expect(await street.watch(me, LEASE_MS)).toEqual(NOTHING);
    expect(originsOf(await street.watch(me, LEASE_MS))).toEqual(ownersOf(broken));
  });

  test('a folder that fails hides no other', async () => {
    const unreadable = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP, {
      ...street.files,
      readText: (path) =>
        path.includes(unreadable.folder.owner)
          ? Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' }))
          : street.files.readText(path),
    });
    const home = join(street.directory, me.group);
    await fs.writeFile(join(home, '0-1-00000000'), 'a file that is called as a folder');
    await fs.writeFile(join(home, '0-1-00000000+0-1-00000001'), 'another');
    await fs.writeFile(join(street.directory, '0000000000000000'), 'a file that is called as a group');
    await fs.mkdir(join(home, 'lost+found'));
    const dead = await street.moveIn(SHOP);
    street.kill(dead);
    street.kill(unreadable);
    expect(originsOf(await me.adoption.look())).toEqual(ownersOf(dead));
  });

  test('a folder that the system does not let us rename is listed', async () => {
    const dead = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP, {
      ...street.files,
      rename: (from, to) =>
        to.includes('+')
          ? Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' }))
          : street.files.rename(from, to),
    });
    street.kill(dead);
    expect(await me.adoption.look()).toEqual(NOTHING);
    expect(await street.watch(me, 3 * LEASE_MS)).toMatchObject({
      taken: [],
      foreign: [{ path: dead.folder.path, reason: 'unreadable' }],
    });
  });
});

describe('trust', () => {
  /** Changes a folder without an owner, and looks at it. */
  const deniedAfter = async (change: (path: string) => Promise<void>) => {
    const dead = await street.moveIn(SHOP);
    const me = await street.moveIn(SHOP);
    street.kill(dead);
    await change(dead.folder.path);
    const found = await me.adoption.look();
    expect(found.taken).toEqual([]);
    return { path: dead.folder.path, denied: found.denied, me };
  };

  test.each([
    [0o702, 'writable for everybody'],
    [0o770, 'writable for a group'],
  ])('a folder that others may write to (%i) is not taken over until they may not', async (mode, why) => {
    const { path, denied, me } = await deniedAfter((path) => fs.chmod(path, mode));
    expect(denied).toEqual([{ path, code: 'EACCES', why, uid: process.geteuid?.() }]);
    await fs.chmod(path, 0o700);
    expect(await me.adoption.look()).toMatchObject({ taken: [{}], denied: [] });
  });

  test('a link in place of a folder is not followed', async () => {
    const { path, denied } = await deniedAfter(async (path) => {
      const elsewhere = join(street.directory, '..', 'elsewhere');
      await fs.rename(path, elsewhere);
      await fs.symlink(elsewhere, path);
    });
    expect(denied).toMatchObject([{ path, why: 'no folder' }]);
  });

  test('no folder is adopted or created if everybody may write to the directory', async () => {
    const me = await street.moveIn(SHOP);
    await fs.chmod(street.directory, 0o1777);
    await expect(me.adoption.look()).rejects.toMatchObject({
      denied: { code: 'EACCES', path: street.directory },
    });
    await expect(street.moveIn(SHOP)).rejects.toMatchObject({ denied: { why: 'writable for everybody' } });
    await fs.chmod(street.directory, 0o2775);
    expect(await me.adoption.look()).toEqual(NOTHING);
  });

  test("a disk that does not give a folder's owner is reported at each look", async () => {
    const dead = await street.moveIn(SHOP);
    let code: string | undefined = 'EIO';
    const me = await street.moveIn(SHOP, {
      ...street.files,
      readText: (path) =>
        code === undefined || !path.startsWith(dead.folder.path)
          ? street.files.readText(path)
          : Promise.reject(Object.assign(new Error('i/o'), { code, path })),
    });
    street.kill(dead);
    for (let look = 0; look < 2; look++)
      expect((await me.adoption.look()).denied).toEqual([{ path: dead.folder.path, code: 'EIO' }]);
    code = undefined;
    expect(await me.adoption.look()).toMatchObject({ taken: [{}], denied: [] });
  });
});
