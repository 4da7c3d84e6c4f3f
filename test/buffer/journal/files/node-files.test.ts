import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from '../../../../lib/buffer/journal/files/node-files.js';
import { HAS_SPECIAL_FILES, makePipe } from '../../../support/special-files.js';

const NO_MODES = process.platform === 'win32';
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'node-files-'));
});

afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

const inFolder = (name: string): string => join(folder, name);
const read = (name: string): string => fs.readFileSync(inFolder(name), 'utf8');
const bytes = (text: string): Buffer => Buffer.from(text);

describe('a file', () => {
  test.each(['create', 'createSynced'] as const)(
    'of `%s` is new, and written where it is said',
    async (mode) => {
      const file = await nodeFiles.open(inFolder('a'), mode);
      await file.write(bytes('world'), 6);
      await file.write(bytes('hello '), 0);
      file.writeNow(bytes('!'), 11);
      await file.sync();
      await file.close();
      expect(read('a')).toBe('hello world!');
      await expect(nodeFiles.open(inFolder('a'), mode)).rejects.toMatchObject({ code: 'EEXIST' });
    },
  );

  test('of `append` is written at its end, also with several writers', async () => {
    const one = await nodeFiles.open(inFolder('a'), 'append');
    const other = await nodeFiles.open(inFolder('a'), 'append');
    await one.write(bytes('1'), 0);
    await other.write(bytes('2'), 0);
    one.writeNow(bytes('3'), 0);
    await one.close();
    await other.close();
    expect(read('a')).toBe('123');
  });

  test('of `overwrite` must exist, and keeps all other bytes', async () => {
    await expect(nodeFiles.open(inFolder('a'), 'overwrite')).rejects.toMatchObject({ code: 'ENOENT' });
    fs.writeFileSync(inFolder('a'), 'hello world');
    const file = await nodeFiles.open(inFolder('a'), 'overwrite');
    await file.write(bytes('-----'), 0);
    await file.close();
    expect(read('a')).toBe('----- world');
  });

  test('of `read` must exist, and gives its content', async () => {
    await expect(nodeFiles.open(inFolder('a'), 'read')).rejects.toMatchObject({ code: 'ENOENT' });
    fs.writeFileSync(inFolder('a'), 'hello world');
    const file = await nodeFiles.open(inFolder('a'), 'read');
    const into = Buffer.alloc(8, '.');
    expect(await file.read(into, 6)).toBe(5);
    expect(into.toString()).toBe('world...');
    expect(await file.read(into, 11)).toBe(0);
    await expect(file.write(bytes('x'), 0)).rejects.toMatchObject({ code: 'EBADF' });
    await file.close();
  });

  (NO_MODES ? test.skip : test)('is readable for its owner alone', async () => {
    const before = process.umask(0);
    try {
      await nodeFiles.makeFolder(inFolder('x/y'));
      for (const mode of ['create', 'createSynced', 'append'] as const) {
        await (await nodeFiles.open(inFolder(`x/${mode}`), mode)).close();
      }
      await nodeFiles.writeText(inFolder('x/text'), 'text');
    } finally {
      process.umask(before);
    }
    const modeOf = (name: string): number => fs.statSync(inFolder(name)).mode & 0o777;
    expect(['x', 'x/y'].map(modeOf)).toEqual([0o700, 0o700]);
    expect(['x/create', 'x/createSynced', 'x/append', 'x/text'].map(modeOf)).toEqual(Array(4).fill(0o600));
  });
});

describe('a system that writes only a part of the bytes', () => {
  type Write = (
    fd: number,
    from: Uint8Array,
    offset: number,
    length: number,
    at: number | null,
    done: (error: Error | null, written: number) => void,
  ) => void;

  test('is called again for the rest', async () => {
    const write = fs.write as unknown as Write;
    jest
      .spyOn(fs, 'write')
      .mockImplementation(((fd, from, offset, length, at, done) =>
        write(fd, from, offset, Math.min(length, 3), at, done)) as Write as never);
    const writeSync = fs.writeSync as (...args: unknown[]) => number;
    jest
      .spyOn(fs, 'writeSync')
      .mockImplementation(((fd: number, from: Uint8Array, offset: number, length: number, at: number) =>
        writeSync(fd, from, offset, Math.min(length, 3), at)) as never);
    const file = await nodeFiles.open(inFolder('a'), 'create');
    await file.write(bytes('hello world'), 0);
    file.writeNow(bytes(', again'), 11);
    await file.close();
    expect(read('a')).toBe('hello world, again');
  });

  test('and never makes progress has failed', async () => {
    jest
      .spyOn(fs, 'write')
      .mockImplementation(((_fd, _from, _offset, _length, _at, done) => done(null, 0)) as Write as never);
    jest.spyOn(fs, 'writeSync').mockReturnValue(0);
    const file = await nodeFiles.open(inFolder('a'), 'create');
    await expect(file.write(bytes('x'), 0)).rejects.toMatchObject({ code: 'EIO' });
    expect(() => file.writeNow(bytes('x'), 0)).toThrow(expect.objectContaining({ code: 'EIO' }));
    await file.close();
  });

  test('and then fails passes on its error', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    jest
      .spyOn(fs, 'write')
      .mockImplementation(((_fd, _from, offset, _length, _at, done) =>
        offset === 0 ? done(null, 1) : done(full, 0)) as Write as never);
    const file = await nodeFiles.open(inFolder('a'), 'create');
    await expect(file.write(bytes('xyz'), 0)).rejects.toBe(full);
    await file.close();
  });
});

describe('a small file', () => {
  test('is replaced whole, and leaves no temporary file', async () => {
    await nodeFiles.writeText(inFolder('a.json'), 'a longer text');
    await nodeFiles.writeText(inFolder('a.json'), 'ü');
    expect(await nodeFiles.readText(inFolder('a.json'))).toBe('ü');
    expect(await nodeFiles.list(folder)).toEqual(['a.json']);
  });

  test('that cannot be replaced stays unchanged, and leaves no temporary file', async () => {
    fs.mkdirSync(inFolder('a.json'));
    fs.writeFileSync(inFolder('a.json/in'), '');
    await expect(nodeFiles.writeText(inFolder('a.json'), 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/^(EISDIR|EPERM|ENOTEMPTY|EEXIST)$/),
    });
    expect(await nodeFiles.list(folder)).toEqual(['a.json']);
    expect(await nodeFiles.list(inFolder('a.json'))).toEqual(['in']);
  });

  test('is synced before it is renamed', async () => {
    const order: string[] = [];
    const sync = fs.fdatasync;
    const rename = fs.rename;
    jest.spyOn(fs, 'fdatasync').mockImplementation(((fd: number, done: fs.NoParamCallback) => {
      order.push('sync');
      sync(fd, done);
    }) as never);
    jest.spyOn(fs, 'rename').mockImplementation(((from: string, to: string, done: fs.NoParamCallback) => {
      order.push('rename');
      rename(from, to, done);
    }) as never);
    await nodeFiles.writeText(inFolder('a.json'), 'x');
    expect(order).toEqual(['sync', 'rename']);
  });

  test('that does not exist is an ENOENT error', async () => {
    await expect(nodeFiles.readText(inFolder('a'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeFiles.facts(inFolder('a'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeFiles.remove(inFolder('a'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeFiles.touch(inFolder('a'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeFiles.list(inFolder('a'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeFiles.rename(inFolder('a'), inFolder('b'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeFiles.syncFolder(inFolder('a'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a folder', () => {
  test('is created with those above it, and may exist', async () => {
    await nodeFiles.makeFolder(inFolder('x/y'));
    await nodeFiles.makeFolder(inFolder('x/y'));
    expect(await nodeFiles.list(inFolder('x'))).toEqual(['y']);
    await nodeFiles.syncFolder(inFolder('x'));
  });

  test('lists its names in order', async () => {
    for (const name of ['b', 'a', 'B', '10', '9']) fs.writeFileSync(inFolder(name), '');
    expect(await nodeFiles.list(folder)).toEqual(['10', '9', 'B', 'a', 'b']);
  });

  test('is removed only when it is empty', async () => {
    await nodeFiles.makeFolder(inFolder('x'));
    fs.writeFileSync(inFolder('x/a'), '');
    await expect(nodeFiles.removeFolder(inFolder('x'))).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTEMPTY|EEXIST)$/),
    });
    await nodeFiles.remove(inFolder('x/a'));
    await nodeFiles.removeFolder(inFolder('x'));
    expect(fs.existsSync(inFolder('x'))).toBe(false);
  });

  test('that cannot be synced is no error', async () => {
    const failing = (code: string): void => {
      jest
        .spyOn(fs, 'fsync')
        .mockImplementation(((_fd: number, done: fs.NoParamCallback) =>
          done(Object.assign(new Error(code), { code }))) as never);
    };
    for (const code of ['EPERM', 'EISDIR', 'EINVAL']) {
      failing(code);
      await nodeFiles.syncFolder(folder);
    }
    failing('EIO');
    await expect(nodeFiles.syncFolder(folder)).rejects.toMatchObject({ code: 'EIO' });
  });
});

describe('the facts of a file', () => {
  test('are its size, its time, and its identity', async () => {
    fs.writeFileSync(inFolder('a'), 'hello');
    const past = new Date('2001-01-01');
    fs.utimesSync(inFolder('a'), past, past);
    const before = await nodeFiles.facts(inFolder('a'));
    expect(before).toMatchObject({ bytes: 5, mtimeMs: past.getTime() });
    await nodeFiles.rename(inFolder('a'), inFolder('b'));
    await nodeFiles.touch(inFolder('b'));
    const after = await nodeFiles.facts(inFolder('b'));
    expect(after.inode).toBe(before.inode);
    expect(after.mtimeMs).toBeGreaterThan(before.mtimeMs);
    await nodeFiles.writeText(inFolder('b'), 'hello');
    expect((await nodeFiles.facts(inFolder('b'))).inode).not.toBe(before.inode);
  });

  test('include the free bytes of its file system', async () => {
    const { bavail, bsize } = fs.statfsSync(folder);
    jest
      .spyOn(fs, 'statfs')
      .mockImplementation(((_path: string, done: (e: null, s: object) => void) =>
        done(null, { bavail: 3, bfree: 9, bsize: 4_096 })) as never);
    expect(await nodeFiles.freeBytes(folder)).toBe(12_288);
    jest.restoreAllMocks();
    expect(bavail * bsize).toBeGreaterThan(0);
    expect(await nodeFiles.freeBytes(folder)).toBeGreaterThan(0);
  });
});

(HAS_SPECIAL_FILES ? describe : describe.skip)('what is no file of ours', () => {
  const MODES = ['read', 'overwrite', 'append'] as const;
  const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
  const refusals = async (path: string): Promise<unknown[]> => {
    const codes: unknown[] = [];
    for (const mode of MODES)
      codes.push(await nodeFiles.open(path, mode).then((file) => file.close(), codeOf));
    return [...codes, await nodeFiles.readText(path).catch(codeOf)];
  };

  test('a link is never followed, wherever it leads', async () => {
    fs.writeFileSync(inFolder('secret'), 'secret');
    fs.utimesSync(inFolder('secret'), 1, 1);
    fs.symlinkSync(inFolder('secret'), inFolder('link'));
    fs.symlinkSync(inFolder('nowhere'), inFolder('dangling'));
    expect(await refusals(inFolder('link'))).toEqual(['ELOOP', 'ELOOP', 'ELOOP', 'ELOOP']);
    expect(await refusals(inFolder('dangling'))).toEqual(['ELOOP', 'ELOOP', 'ELOOP', 'ELOOP']);
    expect((await nodeFiles.facts(inFolder('link'))).kind).toBe('other');
    await nodeFiles.touch(inFolder('link'));
    expect(fs.statSync(inFolder('secret')).mtimeMs).toBe(1_000);
    expect(fs.existsSync(inFolder('nowhere'))).toBe(false);
  });

  test('a pipe does not block', async () => {
    makePipe(inFolder('pipe'));
    expect(await refusals(inFolder('pipe'))).toEqual(['EFTYPE', 'EFTYPE', 'ENXIO', 'EFTYPE']);
    expect((await nodeFiles.facts(inFolder('pipe'))).kind).toBe('other');
  });

  test('a device is not read', async () => {
    expect(await nodeFiles.readText('/dev/zero').catch(codeOf)).toBe('EFTYPE');
    expect((await nodeFiles.facts('/dev/zero')).kind).toBe('other');
  });

  test('a link to a folder is not a folder', async () => {
    fs.mkdirSync(inFolder('folder'));
    fs.symlinkSync(inFolder('folder'), inFolder('link'));
    expect((await nodeFiles.facts(inFolder('folder'))).kind).toBe('folder');
    expect(await nodeFiles.list(inFolder('link')).catch(codeOf)).toBe('ENOTDIR');
    expect(['ENOTDIR', 'ELOOP']).toContain(await nodeFiles.syncFolder(inFolder('link')).catch(codeOf));
  });
});
