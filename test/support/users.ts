import { spawn } from 'node:child_process';
import { mkdtempSync, chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { childProgram } from './child-program.js';

/** A user that a process can act as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

export const ROOT: User = { uid: 0, gid: 0 };
export const APP: User = { uid: 1000, gid: 1000 };

/**
 * Whether this process can act as other users; if not, it logs a loud warning that tests are skipped. With
 * `TRACKING_TESTS_REQUIRE_ALL=1` it throws instead.
 */
export function canActAsOthers(): boolean {
  if (process.geteuid?.() === 0) return true;
  const missing = 'Files of several users: only root can act as others.';
  if (process.env['TRACKING_TESTS_REQUIRE_ALL'] === '1') throw new Error(missing);
  console.warn(`\n  NOT TESTED: ${missing} Run the tests as root.\n`);
  return false;
}

/** A directory for a journal, below one that every user may read. */
export function directoryOf(user: User, mode: number): { readonly path: string; remove(): void } {
  const above = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  chmodSync(above, 0o755);
  const path = join(above, 'journal');
  mkdirSync(path);
  chownSync(path, user.uid, user.gid);
  chmodSync(path, mode);
  return { path, remove: () => rmSync(above, { recursive: true, force: true }) };
}

/** All files below a path, with owner and time of change. */
export function treeOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const { uid, size, ino } = lstatSync(join(path, name));
      return `${name} ${uid} ${size} ${ino}`;
    })
    .toSorted();
}

/** A path and all files below it. */
export function forEachBelow(path: string, change: (path: string, isFolder: boolean) => void): void {
  for (const name of ['', ...readdirSync(path, { recursive: true, encoding: 'utf8' })]) {
    const below = join(path, name);
    change(below, lstatSync(below).isDirectory());
  }
}

/** Runs a command line of the package in a child process. */
export async function commandLineOf(
  user: User,
  argv: readonly string[],
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [childProgram('../../lib/cli/main.ts'), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    ...user,
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
}
