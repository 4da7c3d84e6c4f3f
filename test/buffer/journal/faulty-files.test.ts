import { describe, expect, test } from '@jest/globals';
import type { OpenFile } from '../../../lib/buffer/journal/files/files.js';
import { picksOf, seeded } from '../../support/faulty-files/choose.js';
import { codeOf, FaultyFiles } from '../../support/faulty-files.js';
import { ManualClock } from '../../support/manual-clock.js';

const bytes = (text: string): Buffer => Buffer.from(text);

function newFiles(): FaultyFiles {
  return new FaultyFiles({ clock: new ManualClock() });
}

/** What a promise came to once nothing is left to do. */
async function outcome<T>(files: FaultyFiles, promise: Promise<T>): Promise<T | string | undefined> {
  let is: T | string | undefined;
  promise.then(
    (value) => (is = value),
    (error: unknown) => (is = codeOf(error)),
  );
  await files.settle();
  return is;
}

async function done<T>(files: FaultyFiles, promise: Promise<T>): Promise<T> {
  const [value] = await Promise.all([promise, files.settle()]);
  return value;
}

/** A file on the disk, with its name. */
async function onDisk(files: FaultyFiles, path: string, text: string): Promise<OpenFile> {
  await done(files, files.makeFolder('/data'));
  const file = await done(files, files.open(path, 'create'));
  await done(files, file.write(bytes(text), 0));
  await done(files, file.sync());
  await done(files, files.syncFolder('/data'));
  await done(files, files.syncFolder('/'));
  return file;
}

describe('a loss of power', () => {
  test('leaves what was synced, with its name, and of the rest any part', async () => {
    const left = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const files = newFiles();
      const file = await onDisk(files, '/data/a', 'ONE.');
      await done(files, file.write(bytes('two.'), 4));
      await done(files, file.write(bytes('six.'), 8));
      expect(files.text('/data/a')).toBe('ONE.two.six.');
      left.add(files.powerCut(seeded(seed)).text('/data/a'));
    }
    for (const text of left) expect(text).toMatch(/^ONE\.([\0two.]{0,4}|[\0two.]{4}[\0six.]{0,4})$/);
    for (const text of ['ONE.', 'ONE.tw', 'ONE.two.six.', 'ONE.\0\0\0\0six.']) expect(left).toContain(text);
  });

  test('leaves no name that its folder was not synced for', async () => {
    const files = newFiles();
    await onDisk(files, '/data/a', 'a');
    const file = await done(files, files.open('/data/b', 'createSynced'));
    await done(files, file.write(bytes('b'), 0));
    expect(files.powerCut().disk.tree).toEqual(['/data/', '/data/a']);
  });

  test('leaves every synced write of a file that is synced by each', async () => {
    const files = newFiles();
    await onDisk(files, '/data/a', 'a');
    const file = await done(files, files.open('/data/b', 'createSynced'));
    await done(files, files.syncFolder('/data'));
    await done(files, file.write(bytes('one'), 0));
    void file.write(bytes('two'), 3);
    expect(files.powerCut().text('/data/b')).toBe('one');
  });

  test('leaves a file that is renamed under one name, never under both or none', async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const files = newFiles();
      await onDisk(files, '/data/a', 'text');
      await done(files, files.makeFolder('/data/more'));
      await done(files, files.rename('/data/a', '/data/more/b'));
      await done(files, files.rename('/data/more/b', '/data/more/c'));
      await done(files, files.rename('/data/more/c', '/data/d'));
      await done(files, files.removeFolder('/data/more'));
      const again = files.powerCut(seeded(seed));
      const paths = again.disk.tree.filter((path) => !path.endsWith('/'));
      expect(paths).toHaveLength(1);
      expect(again.text(paths[0]!)).toBe('text');
      seen.add(paths[0]!);
    }
    expect([...seen].toSorted()).toEqual(['/data/a', '/data/d', '/data/more/b', '/data/more/c']);
  });

  test('syncing either folder of a rename is enough, and brings what it needs', async () => {
    for (const synced of ['/data', '/data/more']) {
      const files = newFiles();
      await onDisk(files, '/data/a', 'text');
      await done(files, files.makeFolder('/data/more'));
      await done(files, files.rename('/data/a', '/data/more/b'));
      await done(files, files.syncFolder(synced));
      expect(files.powerCut().disk.tree).toEqual(['/data/', '/data/more/', '/data/more/b']);
    }
  });

  test('brings back what was removed, unless the folder was synced', async () => {
    const files = newFiles();
    await onDisk(files, '/data/a', 'text');
    await done(files, files.remove('/data/a'));
    const again = files.powerCut();
    expect(again.text('/data/a')).toBe('text');
    await done(again, again.remove('/data/a'));
    await done(again, again.syncFolder('/data'));
    expect(again.powerCut(() => 1).disk.tree).toEqual(['/data/']);
  });

  test('ends every process that has the disk', async () => {
    const files = newFiles();
    const other = files.anotherProcess();
    await onDisk(files, '/data/a', 'text');
    const file = await done(other, other.open('/data/a', 'read'));
    const never = outcome(other, file.read(new Uint8Array(1), 0));
    files.powerCut();
    expect([await never, files.isDead, other.isDead]).toEqual([undefined, true, true]);
    expect(await outcome(other, other.list('/data'))).toBeUndefined();
  });

  test('leaves the old text or the new one where a text is replaced, wherever it strikes', async () => {
    for (let steps = 0; steps < 8; steps++) {
      for (let seed = 0; seed < 30; seed++) {
        const files = newFiles();
        await onDisk(files, '/data/a', 'old');
        void files.writeText('/data/a', 'new');
        for (let step = 0; step < steps; step++) {
          files.step();
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(['old', 'new']).toContain(files.powerCut(seeded(seed)).text('/data/a'));
      }
    }
  });
});

describe('the death of a process', () => {
  test('leaves what it wrote, and of what is under way all, a part or nothing', async () => {
    const left = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const files = newFiles();
      const file = await onDisk(files, '/data/a', 'ONE.');
      await done(files, file.write(bytes('two.'), 4));
      void file.write(bytes('six.'), 8);
      left.add(files.crash(seeded(seed)).text('/data/a'));
    }
    for (const text of left) expect('ONE.two.six.'.startsWith(text) && text.length >= 8).toBe(true);
    expect(left).toContain('ONE.two.');
    expect(left).toContain('ONE.two.six.');
    expect(left).toContain('ONE.two.s');
  });

  test('leaves others alone, and what it did not sync to the mercy of a loss of power', async () => {
    const files = newFiles();
    const other = files.anotherProcess();
    const file = await onDisk(files, '/data/a', 'ONE.');
    const theirs = await done(other, other.open('/data/a', 'overwrite'));
    await done(files, file.write(bytes('two.'), 4));
    files.crash();
    await done(other, theirs.write(bytes('TWO'), 4));
    expect(other.text('/data/a')).toBe('ONE.TWO.');
    expect(other.powerCut().text('/data/a')).toBe('ONE.');
  });
});

describe('a failing operation', () => {
  test('fails as often as it is told, after as many as it is told, and where it is told', async () => {
    const files = newFiles();
    await onDisk(files, '/data/a', 'a');
    const fault = files.fail(({ kind, path }) => kind === 'readText' && path.endsWith('/a'), {
      code: 'EIO',
      skip: 1,
      times: 2,
    });
    const ends = [];
    for (let i = 0; i < 4; i++) ends.push(await outcome(files, files.readText('/data/a')));
    expect({ ends, hits: fault.hits }).toEqual({ ends: ['a', 'EIO', 'EIO', 'a'], hits: 2 });
    files.fail(['list', 'facts'], { code: 'EACCES', times: Infinity });
    expect(await outcome(files, files.list('/data'))).toBe('EACCES');
    files.mend();
    expect(await outcome(files, files.list('/data'))).toEqual(['a']);
  });

  test('may have written a part, or all', async () => {
    const files = newFiles();
    const file = await onDisk(files, '/data/a', 'ONE.');
    files.fail('write', { code: 'EIO', does: 'part', choose: picksOf([2]) });
    expect(await outcome(files, file.write(bytes('two.'), 4))).toBe('EIO');
    expect(files.text('/data/a')).toBe('ONE.tw');
    files.fail('write', { code: 'EIO', does: 'all' });
    expect(await outcome(files, file.write(bytes('two.'), 4))).toBe('EIO');
    expect(files.text('/data/a')).toBe('ONE.two.');
    files.fail('rename', { code: 'EIO', does: 'all' });
    expect(await outcome(files, files.rename('/data/a', '/data/b'))).toBe('EIO');
    expect(files.disk.tree).toEqual(['/data/', '/data/b']);
    files.fail('open', { code: 'EMFILE', does: 'all' });
    expect(await outcome(files, files.open('/data/c', 'create'))).toBe('EMFILE');
    expect([files.disk.tree, files.openFiles]).toEqual([['/data/', '/data/b', '/data/c'], 1]);
  });

  test('that was to sync is not made good by a later one', async () => {
    const files = newFiles();
    const file = await onDisk(files, '/data/a', 'ONE.');
    await done(files, file.write(bytes('two.'), 4));
    files.fail('sync', { code: 'EIO' });
    expect(await outcome(files, file.sync())).toBe('EIO');
    await done(files, file.write(bytes('six.'), 8));
    expect(await outcome(files, file.sync())).toBeUndefined();
    expect(files.text('/data/a')).toBe('ONE.two.six.');
    files.dropCaches();
    expect(files.text('/data/a')).toBe('ONE.\0\0\0\0six.');
    expect(files.powerCut().text('/data/a')).toBe('ONE.\0\0\0\0six.');
  });

  test('that was to write through is seen by readers, and on the disk in any part', async () => {
    const files = newFiles();
    await onDisk(files, '/data/a', 'a');
    const file = await done(files, files.open('/data/b', 'createSynced'));
    await done(files, files.syncFolder('/data'));
    files.fail('write', { code: 'EIO', does: 'part', choose: picksOf([4]) });
    expect(await outcome(files, file.write(bytes('text'), 0))).toBe('EIO');
    expect(files.text('/data/b')).toBe('text');
    expect(files.powerCut().text('/data/b')).toBe('');
  });
});

describe('a disk', () => {
  test('without room takes what fits, and the rest when there is room', async () => {
    const files = newFiles();
    const file = await onDisk(files, '/data/a', 'ONE.');
    files.limitFree(2);
    expect(await done(files, files.freeBytes('/data'))).toBe(2);
    expect(await outcome(files, file.write(bytes('two.'), 4))).toBe('ENOSPC');
    expect(files.text('/data/a')).toBe('ONE.tw');
    expect(await outcome(files, files.open('/data/b', 'create'))).toBe('ENOSPC');
    expect(await outcome(files, files.makeFolder('/data/more'))).toBe('ENOSPC');
    expect(await outcome(files, file.write(bytes('one.tw'), 0))).toBeUndefined();
    expect(await outcome(files, files.remove('/data/a'))).toBeUndefined();
    expect(files.disk.free).toBe(0);
    await done(files, file.close());
    expect(files.disk.free).toBe(6);
    files.disk.capacity = Infinity;
    expect(await outcome(files, files.open('/data/b', 'create'))).toBeDefined();
  });

  test('that is read-only rejects a write', async () => {
    const files = newFiles();
    const file = await onDisk(files, '/data/a', 'a');
    await done(files, file.write(bytes('b'), 1));
    files.disk.readOnly = true;
    const asked = [
      file.write(bytes('c'), 2),
      file.sync(),
      files.open('/data/b', 'create'),
      files.open('/data/a', 'overwrite'),
      files.open('/data/a', 'append'),
      files.makeFolder('/data/more'),
      files.rename('/data/a', '/data/b'),
      files.remove('/data/a'),
      files.touch('/data/a'),
      files.writeText('/data/a', 'b'),
      files.syncFolder('/data'),
    ];
    expect(await outcome(files, Promise.all(asked.map((each) => each.catch(codeOf))))).toEqual(
      asked.map(() => 'EROFS'),
    );
    expect(await outcome(files, files.makeFolder('/data'))).toBeUndefined();
    expect(await outcome(files, files.readText('/data/a'))).toBe('ab');
  });

  test('whose folder another process removes keeps files that are open', async () => {
    const files = newFiles();
    const file = await onDisk(files, '/data/a', 'a');
    files.disk.wipe('/data');
    expect(await outcome(files, file.write(bytes('b'), 1))).toBeUndefined();
    expect(await outcome(files, files.open('/data/b', 'create'))).toBe('ENOENT');
    expect(files.disk.tree).toEqual([]);
  });

  test('can be damaged and added to', async () => {
    const files = newFiles();
    files.disk.put('/data/deep/a', bytes('text'));
    files.damage('/data/deep/a', (was) => was.map((byte, i) => (i === 0 ? byte ^ 1 : byte)));
    const again = files.powerCut();
    expect([again.text('/data/deep/a'), again.disk.tree]).toEqual([
      'uext',
      ['/data/', '/data/deep/', '/data/deep/a'],
    ]);
    expect([again.disk.mode('/data'), again.disk.mode('/data/deep/a')]).toEqual([0o700, 0o600]);
  });
});

describe('operations', () => {
  test('happen one by one, the oldest first or as they are picked', async () => {
    const files = newFiles();
    void files.makeFolder('/a');
    void files.makeFolder('/b');
    void files.makeFolder('/c');
    expect(files.disk.tree).toEqual([]);
    files.step();
    expect(files.disk.tree).toEqual(['/a/']);
    files.step(() => 1);
    expect([files.disk.tree, files.queued]).toEqual([['/a/', '/c/'], [{ kind: 'makeFolder', path: '/b' }]]);
    expect([files.step(), files.step()]).toEqual([true, false]);
  });

  test('hang until they are released, and the others go on', async () => {
    const files = newFiles();
    const file = await onDisk(files, '/data/a', 'a');
    const hang = files.hang('write');
    const written = file.write(bytes('b'), 1);
    const closed = file.close();
    expect(await outcome(files, files.readText('/data/a'))).toBe('a');
    expect(files.queued.map(({ kind }) => kind)).toEqual(['write', 'close']);
    hang.release();
    await done(files, Promise.all([written, closed]));
    expect([files.text('/data/a'), files.openFiles]).toEqual(['ab', 0]);
  });

  test('happen by themselves where the test does not want to care', async () => {
    const files = new FaultyFiles({ clock: new ManualClock(), auto: true });
    await files.makeFolder('/data');
    await files.writeText('/data/a', 'text');
    const hang = files.hang('readText');
    const text = files.readText('/data/a');
    expect(await files.list('/data')).toEqual(['a']);
    hang.release();
    expect(await text).toBe('text');
  });

  test('on a file that was closed are refused, those before it are not', async () => {
    const files = newFiles();
    const file = await onDisk(files, '/data/a', 'a');
    const ends = Promise.all(
      [file.write(bytes('b'), 1), file.close(), file.write(bytes('c'), 2), file.close()].map((each) =>
        each.catch(codeOf),
      ),
    );
    expect(await outcome(files, ends)).toEqual([undefined, undefined, 'EBADF', undefined]);
    expect(files.text('/data/a')).toBe('ab');
  });
});
