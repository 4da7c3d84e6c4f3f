import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

interface Left {
  readonly recorded: number;
  readonly connections: number;
  readonly left: readonly string[];
}

/** Runs a test's application in a child process; resolves when the process has ended by itself. */
async function run(plan: { readonly closes: boolean; readonly outage: boolean }): Promise<Left> {
  const directory = join(tmpdir(), `nestjs-tracking-left-${randomUUID()}`);
  const args = [
    '--import',
    here('../support/child/typescript.mjs'),
    here('child/tested-application.ts'),
    JSON.stringify({ ...plan, directory }),
  ];
  const { PATH } = process.env;
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { env: { PATH, NO_COLOR: '1' } }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${stdout}\n${stderr}`, { cause: error }));
    });
  });
  expect(existsSync(directory)).toBe(false);
  return JSON.parse(output.slice(output.lastIndexOf('{'))) as Left;
}

describe('an application under test', () => {
  test.each([
    ['that is closed', { closes: true, outage: false }],
    ['that is closed during an outage', { closes: true, outage: true }],
    ['that nobody closes', { closes: false, outage: false }],
    ['that nobody closes during an outage', { closes: false, outage: true }],
  ])('%s makes no connection and no file, and leaves nothing that keeps the process', async (_, plan) => {
    const { recorded, connections, left } = await run(plan);
    expect({ recorded, connections }).toEqual({ recorded: 1, connections: 0 });
    if (plan.closes) expect(left).toEqual([]);
  });
});
