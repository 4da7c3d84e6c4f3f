import { describe, expect, test } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import type { Files, OpenFile, OpenMode } from '../../../../lib/buffer/journal/files/files.js';
import { oneAtATime } from '../../../../lib/buffer/journal/files/one-at-a-time.js';

/** A disk on which each operation ends when the test decides. */
class SlowDisk {
  readonly begun: string[] = [];
  readonly #ends: { resolve: (value: unknown) => void; reject: (error: unknown) => void }[] = [];

  readonly files = new Proxy({} as Files, {
    get: (_target, name: string) => (path: string) => this.#begin(`${name} ${path}`),
  });

  async file(mode: OpenMode): Promise<OpenFile> {
    const opened = oneAtATime(this.files).open('f', mode);
    await setImmediate();
    this.end({
      write: () => this.#begin('write'),
      writeNow: () => void this.begun.push('writeNow'),
      read: () => this.#begin('read'),
      sync: () => this.#begin('sync'),
      close: () => this.#begin('close'),
    });
    const file = await opened;
    this.begun.length = 0;
    return file;
  }

  end(value?: unknown): void {
    this.#ends.shift()!.resolve(value);
  }

  fail(error: Error): void {
    this.#ends.shift()!.reject(error);
  }

  #begin(what: string): Promise<never> {
    this.begun.push(what);
    return new Promise((resolve, reject) => this.#ends.push({ resolve: resolve as never, reject }));
  }
}

describe('one at a time', () => {
  test('runs each operation after the one before has ended, in order', async () => {
    const disk = new SlowDisk();
    const files = oneAtATime(disk.files);
    const operations: [string, Promise<unknown>][] = [
      ['makeFolder a', files.makeFolder('a')],
      ['list a', files.list('a')],
      ['facts a', files.facts('a')],
      ['open a', files.open('a', 'read')],
      ['readText a', files.readText('a')],
      ['writeText a', files.writeText('a', 'x')],
      ['rename a', files.rename('a', 'b')],
      ['remove a', files.remove('a')],
      ['removeFolder a', files.removeFolder('a')],
      ['touch a', files.touch('a')],
      ['syncFolder a', files.syncFolder('a')],
      ['freeBytes a', files.freeBytes('a')],
    ];
    for (const [at, [, ended]] of operations.entries()) {
      await setImmediate();
      expect(disk.begun).toEqual(operations.slice(0, at + 1).map(([what]) => what));
      disk.end();
      await ended;
    }
  });

  test('passes on each result, and continues after a failure', async () => {
    const disk = new SlowDisk();
    const files = oneAtATime(disk.files);
    const failed = files.list('a');
    const read = files.readText('b');
    const error = new Error('EIO');
    await setImmediate();
    disk.fail(error);
    await expect(failed).rejects.toBe(error);
    await setImmediate();
    disk.end('text');
    expect(await read).toBe('text');
  });

  test.each(['create', 'createSynced'] as const)(
    'lets writes of `%s` pass an operation that hangs',
    async (mode) => {
      const disk = new SlowDisk();
      const file = await disk.file(mode);
      const hanging = [file.sync(), file.read(Buffer.alloc(1), 0), file.close()];
      await setImmediate();
      const written = file.write(Buffer.alloc(1), 0);
      file.writeNow(Buffer.alloc(1), 0);
      expect(disk.begun).toEqual(['sync', 'write', 'writeNow']);
      for (let i = 0; i < 4; i++) {
        disk.end();
        await setImmediate();
      }
      await Promise.all([...hanging, written]);
      expect(disk.begun).toEqual(['sync', 'write', 'writeNow', 'read', 'close']);
    },
  );

  test.each(['append', 'overwrite'] as const)('holds back writes of `%s`', async (mode) => {
    const disk = new SlowDisk();
    const file = await disk.file(mode);
    const synced = file.sync();
    const written = file.write(Buffer.alloc(1), 0);
    await setImmediate();
    expect(disk.begun).toEqual(['sync']);
    disk.end();
    await synced;
    await setImmediate();
    expect(disk.begun).toEqual(['sync', 'write']);
    disk.end();
    await written;
  });
});
