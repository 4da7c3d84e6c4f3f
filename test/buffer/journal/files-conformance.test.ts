import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Files, OpenFile } from '../../../lib/buffer/journal/files/files.js';
import { nodeFiles } from '../../../lib/buffer/journal/files/node-files.js';
import { codeOf, FaultyFiles } from '../../support/faulty-files.js';

interface Kind {
  readonly name: string;
  readonly make: () => Promise<{
    files: Files;
    root: string;
    mode(path: string): Promise<number>;
    end(): Promise<void>;
  }>;
}

const KINDS: readonly Kind[] = [
  {
    name: 'the real file system',
    make: async () => {
      const root = await mkdtemp(join(tmpdir(), 'files-'));
      return {
        files: nodeFiles,
        root,
        mode: async (path) => (await stat(path)).mode & 0o777,
        end: () => rm(root, { recursive: true, force: true }),
      };
    },
  },
  {
    name: 'the one that tests let fail',
    make: async () => {
      const files = new FaultyFiles({ clock: Date, auto: true });
      await files.makeFolder('/root');
      return {
        files,
        root: '/root',
        mode: (path) => Promise.resolve(files.disk.mode(path)),
        end: () => Promise.resolve(),
      };
    },
  },
];

const bytes = (text: string): Buffer => Buffer.from(text);

/** What a promise came to: its value, or the code of its error. */
function outcome<T>(promise: Promise<T>): Promise<T | string | undefined> {
  return promise.catch(codeOf);
}

async function readAll(file: OpenFile, position = 0, length = 100): Promise<string> {
  const into = new Uint8Array(length);
  const count = await file.read(into, position);
  return Buffer.from(into.subarray(0, count)).toString();
}

describe.each(KINDS)('$name', ({ make }) => {
  let at: Awaited<ReturnType<Kind['make']>>;
  let files: Files;
  let a: string;
  let b: string;

  beforeEach(async () => {
    at = await make();
    files = at.files;
    a = `${at.root}/a`;
    b = `${at.root}/b`;
  });

  afterEach(() => at.end());

  async function written(path: string, text: string): Promise<void> {
    const file = await files.open(path, 'create');
    await file.write(bytes(text), 0);
    await file.close();
  }

  test('makes folders and those above, again without harm, for their owner alone', async () => {
    await files.makeFolder(`${a}/deep/deeper`);
    await files.makeFolder(`${a}/deep`);
    expect(await files.list(a)).toEqual(['deep']);
    expect(await at.mode(`${a}/deep/deeper`)).toBe(0o700);
    await written(b, '');
    expect(await at.mode(b)).toBe(0o600);
    expect([await outcome(files.makeFolder(b)), await outcome(files.makeFolder(`${b}/c`))]).toEqual([
      'EEXIST',
      'ENOTDIR',
    ]);
  });

  test('lists names sorted', async () => {
    for (const name of ['b', 'a', 'B', '10', '9', '.new']) await written(`${at.root}/${name}`, '');
    expect(await files.list(at.root)).toEqual(['.new', '10', '9', 'B', 'a', 'b']);
  });

  test('says ENOENT of what is missing, and of what is in a folder that is', async () => {
    const missing = `${a}/missing`;
    await written(b, '');
    const asked = [
      files.list(a),
      files.facts(a),
      files.open(a, 'read'),
      files.open(a, 'overwrite'),
      files.open(missing, 'create'),
      files.open(missing, 'createSynced'),
      files.open(missing, 'append'),
      files.readText(a),
      files.writeText(missing, ''),
      files.rename(a, `${at.root}/c`),
      files.rename(b, missing),
      files.remove(a),
      files.removeFolder(a),
      files.touch(a),
      files.syncFolder(a),
      files.freeBytes(a),
    ];
    expect(await Promise.all(asked.map((each) => outcome<unknown>(each)))).toEqual(asked.map(() => 'ENOENT'));
    expect(await files.list(at.root)).toEqual(['b']);
  });

  test('says ENOTDIR of what is in a file, and of a file where a folder should be', async () => {
    await written(a, '');
    const asked = [
      files.list(a),
      files.facts(`${a}/in`),
      files.open(`${a}/in`, 'create'),
      files.rename(`${a}/in`, b),
      files.removeFolder(a),
    ];
    expect(await Promise.all(asked.map((each) => outcome<unknown>(each)))).toEqual(
      asked.map(() => 'ENOTDIR'),
    );
  });

  test('creates only what does not exist', async () => {
    await written(a, 'a');
    expect(await outcome(files.open(a, 'create'))).toBe('EEXIST');
    expect(await outcome(files.open(a, 'createSynced'))).toBe('EEXIST');
    expect(await files.readText(a)).toBe('a');
  });

  test.each(['create', 'createSynced'] as const)('writes at positions: %s', async (mode) => {
    const file = await files.open(a, mode);
    await file.write(bytes('two'), 3);
    await file.write(bytes('one'), 0);
    file.writeNow(bytes('six'), 8);
    await file.sync();
    expect(await files.readText(a)).toBe('onetwo\0\0six');
    expect((await files.facts(a)).bytes).toBe(11);
    await file.close();
  });

  test('overwrites what exists, and nothing around it', async () => {
    await written(a, 'one two six');
    const file = await files.open(a, 'overwrite');
    await file.write(bytes('TWO'), 4);
    await file.sync();
    await file.close();
    expect(await files.readText(a)).toBe('one TWO six');
  });

  test('appends to the end, whatever the position', async () => {
    const file = await files.open(a, 'append');
    await file.write(bytes('one'), 0);
    const other = await files.open(a, 'append');
    await other.write(bytes('two'), 0);
    file.writeNow(bytes('six'), 0);
    await file.sync();
    await file.close();
    await other.close();
    expect(await files.readText(a)).toBe('onetwosix');
  });

  test('reads what there is, from any position', async () => {
    await written(a, 'one two');
    const file = await files.open(a, 'read');
    expect([await readAll(file), await readAll(file, 4), await readAll(file, 2, 3)]).toEqual([
      'one two',
      'two',
      'e t',
    ]);
    expect([await readAll(file, 7), await readAll(file, 70)]).toEqual(['', '']);
    await file.close();
  });

  test('reads through an open file what others write later', async () => {
    const writer = await files.open(a, 'create');
    const reader = await files.open(a, 'read');
    expect(await readAll(reader)).toBe('');
    await writer.write(bytes('one'), 0);
    expect(await readAll(reader)).toBe('one');
    await writer.close();
    await reader.close();
  });

  test('writes nothing to a file that is open to be read', async () => {
    await written(a, 'a');
    const file = await files.open(a, 'read');
    expect(await outcome(file.write(bytes('b'), 0))).toBe('EBADF');
    await file.close();
    expect(await files.readText(a)).toBe('a');
  });

  test('replaces a text whole, and leaves nothing beside it', async () => {
    await files.writeText(a, 'a long text');
    const before = await files.facts(a);
    await files.writeText(a, 'shört');
    expect([await files.readText(a), await files.list(at.root)]).toEqual(['shört', ['a']]);
    expect((await files.facts(a)).inode).not.toBe(before.inode);
    expect(await at.mode(a)).toBe(0o600);
    await files.makeFolder(b);
    expect(await outcome(files.writeText(b, ''))).toBe('EISDIR');
    expect(await files.list(at.root)).toEqual(['a', 'b']);
  });

  test('renames a file over another, which stays for those who have it open', async () => {
    await written(a, 'a');
    await written(b, 'b');
    const old = await files.open(b, 'read');
    const { inode } = await files.facts(a);
    await files.rename(a, b);
    expect([await files.list(at.root), await files.readText(b)]).toEqual([['b'], 'a']);
    expect([(await files.facts(b)).inode, await readAll(old)]).toEqual([inode, 'b']);
    await old.close();
  });

  test('renames a folder under those who have its files open', async () => {
    await files.makeFolder(a);
    const file = await files.open(`${a}/file`, 'create');
    await file.write(bytes('one'), 0);
    await files.rename(a, b);
    await file.write(bytes('two'), 3);
    await file.sync();
    file.writeNow(bytes('six'), 6);
    expect([await files.list(at.root), await files.readText(`${b}/file`)]).toEqual([['b'], 'onetwosix']);
    expect(await outcome(files.open(`${a}/other`, 'create'))).toBe('ENOENT');
    await file.close();
  });

  test('renames a folder over an empty one alone', async () => {
    await files.makeFolder(`${a}/in`);
    await files.makeFolder(b);
    await written(`${at.root}/file`, '');
    expect(await outcome(files.rename(a, `${at.root}/file`))).toBe('ENOTDIR');
    expect(await outcome(files.rename(`${at.root}/file`, a))).toBe('EISDIR');
    expect(await outcome(files.rename(a, `${a}/in/deeper`))).toBe('EINVAL');
    await files.rename(a, b);
    expect([await files.list(at.root), await files.list(b)]).toEqual([['b', 'file'], ['in']]);
    await files.makeFolder(a);
    expect(['ENOTEMPTY', 'EEXIST']).toContain(await outcome(files.rename(a, b)));
  });

  test('lets exactly one of several rename the same folder', async () => {
    await files.makeFolder(a);
    const ends = await Promise.all(
      [1, 2, 3, 4].map((each) => outcome(files.rename(a, `${at.root}/by-${each}`))),
    );
    expect(ends.filter((end) => end === 'ENOENT')).toHaveLength(3);
    expect(await files.list(at.root)).toHaveLength(1);
  });

  test('removes files, and folders that are empty', async () => {
    await files.makeFolder(`${a}/in`);
    await written(b, 'b');
    const file = await files.open(b, 'read');
    expect(['ENOTEMPTY', 'EEXIST']).toContain(await outcome(files.removeFolder(a)));
    expect(['EISDIR', 'EPERM']).toContain(await outcome(files.remove(a)));
    await files.removeFolder(`${a}/in`);
    await files.removeFolder(a);
    await files.remove(b);
    expect([await files.list(at.root), await readAll(file)]).toEqual([[], 'b']);
    await file.close();
  });

  test('touches, so that a heartbeat can be told from another', async () => {
    await written(a, 'a');
    const before = await files.facts(a);
    let after = before;
    while (after.mtimeMs <= before.mtimeMs) {
      await files.touch(a);
      after = await files.facts(a);
    }
    expect({ ...after, mtimeMs: 0 }).toEqual({ ...before, mtimeMs: 0 });
  });

  test('syncs folders, and knows how much is free', async () => {
    await files.makeFolder(a);
    await files.syncFolder(a);
    expect(await files.freeBytes(a)).toBeGreaterThan(0);
  });
});
