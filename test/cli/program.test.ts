import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aDirectory, AFolder, aRecord, SEGMENT } from './a-journal.js';
import { commandLine } from './command-line.js';

let directory: { path: string; remove: () => void };
beforeEach(() => {
  directory = aDirectory();
});
afterEach(() => directory.remove());

describe('the command line', () => {
  test('finds its journal by option, by environment, or at the documented default', async () => {
    new AFolder(directory.path).frame(SEGMENT, [aRecord(1)]);
    const found = { code: 0, out: expect.stringContaining('user-1') };
    expect(await commandLine(['list', '--directory', directory.path])).toMatchObject(found);
    const env = { NESTJS_TRACKING_DIRECTORY: directory.path };
    const before = process.env['NESTJS_TRACKING_DIRECTORY'];
    expect(await commandLine(['list'], { env })).toMatchObject(found);
    expect(process.env['NESTJS_TRACKING_DIRECTORY']).toBe(before);
    expect(await commandLine(['list'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^There is no journal in \/\S*\/var\/tracking\. .*memory\(\).*--directory/),
    });
  });

  test('reports a missing journal, and an empty one', async () => {
    const file = join(directory.path, 'file');
    writeFileSync(file, '');
    expect(await commandLine(['status', '-C', file])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^\S+file is not a folder\./),
    });
    rmSync(file);
    expect(await commandLine(['status', '-C', join(directory.path, 'none')])).toMatchObject({ code: 2 });
    expect(await commandLine(['status', '-C', directory.path])).toMatchObject({
      code: 0,
      err: 'The journal is empty.\n',
    });
  });

  test('suggests the nearest name, and explains how to write a time', async () => {
    const suggested = await commandLine(['lsit']);
    expect(suggested).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Did you mean list?') });
    const wrong = await commandLine(['list', '--since', 'yesterday']);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('ISO 8601') });
    expect((await commandLine(['list', '--state', 'lost'])).err).toContain('pending, delivered, dead');
    expect((await commandLine(['list', '--limit', '0'])).err).toContain('at least 1');
  });

  test('has help for everything, and a version', async () => {
    const { code, out } = await commandLine(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'status',
      'list',
      'show',
      'tail',
      'dead',
      'replay',
      'move',
      'erase',
      'verify',
      'export',
      'import',
      'reconcile',
      'plan',
    ]) {
      expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
      expect(await commandLine([command, '--help'])).toMatchObject({ code: 0, err: '' });
    }
    expect(await commandLine(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
  });

  test('cuts a table to the screen, and not in a pipe', async () => {
    new AFolder(directory.path).frame(SEGMENT, [aRecord(1, { name: 'A very long name of an event' })]);
    const argv = ['list', '-C', directory.path];
    expect((await commandLine(argv, { columns: 100 })).out).toContain('A very long…');
    expect((await commandLine(argv)).out).toContain('A very long name of an event  user-1');
  });
});

describe('as a process', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const hooks = join(root, 'test/support/child/typescript.mjs');
  const bin = ['--import', hooks, join(root, 'lib/cli/main.ts')];

  test('runs by its bin', async () => {
    new AFolder(directory.path).frame(SEGMENT, [aRecord(1)]);
    const argv = [...bin, 'list', '--json', '-C', directory.path];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, argv);
    expect(JSON.parse(stdout)).toMatchObject({ userId: 'user-1' });
    expect(stderr).toBe('');
    const { bin: bins, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
      version: string;
    };
    expect(bins).toEqual({ 'nestjs-tracking': 'dist/esm/cli/main.js' });
    expect(readFileSync(join(root, 'lib/cli/main.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(version).toBeDefined();
  });

  test('ends quietly when the reader closes the output', async () => {
    const records = Array.from({ length: 5_000 }, (_, i) => aRecord(i + 1));
    new AFolder(directory.path).frame(SEGMENT, records);
    const child = spawn(process.execPath, [...bin, 'list', '-C', directory.path], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (text: Buffer) => {
      err += String(text);
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(err).toBe('');
  });
});
