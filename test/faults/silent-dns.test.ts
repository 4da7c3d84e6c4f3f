import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** No other resolver listens there. */
const RESOLVER = '127.77.0.53';

/** The tools that this machine lacks: a loud warning, or a failure if all tests are required. */
const missing = ((): string | undefined => {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root, for a resolver of its own';
  if (spawnSync('unshare', ['-m', 'true']).status !== 0) return 'it needs `unshare` and the right to mount';
  return undefined;
})();
if (missing !== undefined) {
  if (process.env['TRACKING_TESTS_REQUIRE_ALL'] === '1') throw new Error(`silent DNS: ${missing}`);
  process.stderr.write(`\nNOT TESTED: a resolver that does not answer: ${missing}\n\n`);
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A resolver that receives every query and answers none. */
async function silentResolver(): Promise<Set<string>> {
  const asked = new Set<string>();
  const socket = createSocket('udp4');
  socket.on('message', (query) => {
    let name = '';
    for (let at = 12; query[at]! > 0; at += query[at]! + 1) {
      name += `${query.toString('latin1', at + 1, at + 1 + query[at]!)}.`;
    }
    asked.add(name);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, RESOLVER, resolve);
  });
  ends.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return asked;
}

/** Runs a program of test/support/child in a mount namespace with its own resolver and hosts file. */
async function runWithResolver(program: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const [resolv, hosts] = [join(directory, 'resolv.conf'), join(directory, 'hosts')];
  writeFileSync(resolv, `nameserver ${RESOLVER}\noptions timeout:30 attempts:1\n`);
  writeFileSync(hosts, '127.0.0.1 localhost shop.example\n');
  const child = (file: string): string => fileURLToPath(new URL(`../support/child/${file}`, import.meta.url));
  const run = spawn(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/hosts && shift 2 && exec "$@"',
      'sh',
      resolv,
      hosts,
      process.execPath,
      '--import',
      child('typescript.mjs'),
      child(program),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } },
  );
  ends.push(() => run.kill('SIGKILL'));
  let output = '';
  run.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => run.once('close', resolve));
  return output;
}

describe('while DNS does not answer for any collector', () => {
  (missing === undefined ? test : test.skip)(
    'one lookup of ours is under way, and the host’s own get through',
    async () => {
      const asked = await silentResolver();
      const seen = JSON.parse(await runWithResolver('silent-dns.ts')) as unknown;
      expect(seen).toEqual({ before: 1, after: 1, own: Array.from({ length: 4 }, () => '127.0.0.1') });
      expect([...asked]).toEqual(['one.collector.example.']);
    },
    60_000,
  );
});
