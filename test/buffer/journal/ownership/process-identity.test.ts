import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  processIdentity,
  readStat,
  type ProcessFacts,
} from '../../../../lib/buffer/journal/ownership/process-identity.js';

/** Pids can be compared only with /proc. */
const onLinux = process.platform === 'linux' ? test : test.skip;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** An idle process, with its identity. */
async function aProcess(): Promise<{ child: ChildProcess; facts: ProcessFacts }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  children.push(child);
  await once(child, 'spawn');
  return { child, facts: factsOf(child.pid!) };
}

function factsOf(pid: number): ProcessFacts {
  return { ...processIdentity().self, pid, start: statOf(pid)?.start };
}

function statOf(pid: number) {
  try {
    return readStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

test('a living child is not gone, and a killed one is', async () => {
  const { child, facts } = await aProcess();
  const identity = processIdentity();
  expect(identity.isGone(facts)).not.toBe(true);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(identity.isGone(facts)).toBe(true);
});

test('nothing is proven about the processes of another machine', async () => {
  const { child, facts } = await aProcess();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(processIdentity().isGone({ ...facts, host: 'another' })).toBeUndefined();
});

onLinux('nothing is proven across restarts of a machine, containers, or without facts', async () => {
  const { child, facts } = await aProcess();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const identity = processIdentity();
  for (const changed of ['boot', 'pidNamespace'] as const) {
    expect(identity.isGone({ ...facts, [changed]: 'another' })).toBeUndefined();
    expect(identity.isGone({ ...facts, [changed]: undefined })).toBeUndefined();
  }
  expect(
    identity.isGone({ ...facts, boot: undefined, pidNamespace: undefined, start: undefined }),
  ).toBeUndefined();
});

onLinux('a pid that was given again is not the process that had it', async () => {
  const { child, facts } = await aProcess();
  const identity = processIdentity();
  const { self } = identity;
  expect(identity.isGone(facts)).toBe(false);
  expect(identity.isGone({ ...facts, start: facts.start! - 1 })).toBe(true);
  expect(identity.isGone({ ...facts, start: undefined })).toBeUndefined();
  // Like the first process of a restarted container.
  expect(identity.isGone({ ...self, start: self.start! - 1 })).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('this process is never gone, with any number of journals', () => {
  const identity = processIdentity();
  const { self } = identity;
  expect(identity.isGone(self)).not.toBe(true);
  expect(identity.isGone({ ...self })).not.toBe(true);
});

onLinux('a dead process that nobody has asked for is gone', async () => {
  // The shell becomes a program that never reads the exit status of the shell's child.
  const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(parent);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const facts = factsOf(pid);
  while (!readFileSync(`/proc/${parent.pid!}/cmdline`, 'utf8').startsWith('sleep')) await turn();
  const identity = processIdentity();
  expect(identity.isGone(facts)).toBe(false);
  process.kill(pid, 'SIGKILL');
  while (statOf(pid)?.zombie !== true) await turn();
  expect(identity.isGone(facts)).toBe(true);
});

onLinux('knows itself', () => {
  const { self } = processIdentity();
  expect(self).toEqual({
    pid: process.pid,
    host: hostname(),
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
    start: statOf(process.pid)!.start,
  });
  expect(self.start).toBeGreaterThan(0);
});

test('reads past any name of a program', () => {
  const rest = '1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 987654 1 2 3';
  expect(readStat(`42 (a) S (b) R 9 (c)) S ${rest}\n`)).toEqual({ start: 987_654, zombie: false });
  expect(readStat(`42 (node) Z ${rest}\n`)).toEqual({ start: 987_654, zombie: false });
  expect(readStat(`42 (node) Z ${rest.replace(' 11 0 ', ' 1 0 ')}\n`)).toEqual({
    start: 987_654,
    zombie: true,
  });
  expect(readStat('')).toBeUndefined();
  expect(readStat('42 (node) S 1 1')).toBeUndefined();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
