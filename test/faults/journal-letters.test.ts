import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { LettersPlan } from '../support/child/letters-application.js';
import { childProgram } from '../support/child-program.js';

const HEAP_MB = 96;
const LETTERS = 120;
const LETTER_BYTES = 900_000;

const server = createServer((request, response) => {
  void text(request).then((body) => {
    response.statusCode = body.length > LETTER_BYTES ? 422 : 200;
    response.end();
  });
});
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

/** Runs an application with a small heap until it ends. */
async function run(letters: number): Promise<unknown> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const plan: LettersPlan = { directory, url, letters, bytes: LETTER_BYTES };
  const program = childProgram('child/letters-application.ts');
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, program, JSON.stringify(plan)], {
    env: { PATH: process.env['PATH'] },
  });
  const [said, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  if (code !== 0) throw new Error(`it ended with ${String(code)}: ${complaints.slice(-2_000)}`);
  return JSON.parse(said.trim().split('\n').at(-1)!);
}

function letterBytes(): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('dead.jsonl'))
    .reduce((sum, path) => sum + statSync(join(directory, path)).size, 0);
}

test('an application keeps more dead letters than fit in its heap, and restarts with them', async () => {
  expect(await run(LETTERS)).toEqual({ found: 0, dead: LETTERS, listed: LETTERS });
  expect(letterBytes()).toBeGreaterThan(HEAP_MB * 1024 * 1024);

  expect(await run(1)).toEqual({ found: LETTERS, dead: LETTERS + 1, listed: LETTERS + 1 });
}, 300_000);
