import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childProgram } from '../support/child-program.js';

/** How a child application ends. */
export interface EndingPlan {
  readonly how:
    | 'destroyThrows'
    | 'beforeShutdownThrows'
    | 'shutdownThrows'
    | 'listeners'
    | 'exitOfWorker'
    | 'exitOfMain'
    | 'terminated'
    | 'unsignalled'
    | 'deliver';
  /** The directory of its journal; absent: it uses memory(). */
  readonly directory?: string;
  readonly url: string;
  /** Events of one more `exit` listener. */
  readonly many?: number;
}

async function run(plan: Omit<EndingPlan, 'url'>, expected = 0): Promise<string> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const args = [childProgram('child/ending-application.ts'), JSON.stringify({ ...plan, url })];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number];
  if (code !== expected) throw new Error(output);
  return output;
}

let directory: string;
let server: Server;
let received: string[];
/** Whether the platform is up: nothing is delivered before the end. */
let isUp: boolean;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  received = [];
  isUp = false;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const names = Buffer.concat(chunks)
        .toString()
        .matchAll(/"name":"([^"]+)"/g);
      if (isUp) received.push(...[...names].map(([, name]) => name!));
      response.writeHead(isUp ? 200 : 503).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The events that the next process of the application sends, sorted. */
async function deliveredNext(): Promise<string[]> {
  isUp = true;
  await run({ how: 'deliver', directory });
  return received.toSorted();
}

describe('with a journal', () => {
  test('saves events that are tracked in an exit listener, before and after the package’s own', async () => {
    const output = await run({ how: 'listeners', directory, many: 500 });
    for (const said of ['Before: 2 of 2', 'After: 2 of 2', 'Many: 500 of 500']) {
      expect(output).toContain(`${said} accepted`);
    }
    const all = ['After', 'Before', 'Committed'].flatMap((name) => [`${name} 0`, `${name} 1`]);
    const many = Array.from({ length: 500 }, (_, n) => `Many ${n}`);
    expect(await deliveredNext()).toEqual([...all, 'Last', ...many].toSorted());
  });

  test('saves events that a worker thread tracks before it ends itself', async () => {
    await run({ how: 'exitOfWorker', directory });
    expect(await deliveredNext()).toEqual(['After 0', 'Committed 0', 'Committed 1', 'Last']);
  });

  test.each([['exitOfMain'], ['terminated']] as const)(
    'has what a worker thread committed before its main thread ended it (%s)',
    async (how) => {
      const output = await run({ how, directory });
      // Without an exit listener, nothing can be saved there: if that changes, the docs can promise more.
      expect(output).not.toContain('an exit event of the thread');
      expect(output.match(/^committed/gm)).toHaveLength(3);
      expect(await deliveredNext()).toEqual(['Committed 0', 'Committed 1', 'Committed 2']);
    },
  );
});

describe('in memory only', () => {
  test('rejects and counts events that come too late to be kept, and logs the lost ones', async () => {
    const output = await run({ how: 'listeners' });
    expect(output).toContain('Before: 2 of 2 accepted');
    expect(output).toContain('After: 0 of 2 accepted');
    expect(output).toContain('counted {"called":7,"accepted":5,"rejected":{"closed":2}}');
    expect(output).toContain('The process exits with 5 events not delivered');
  });

  test.each([
    ['destroyThrows', 'Await app.close() before the process ends. If it was awaited, or a signal closed'],
    [
      'beforeShutdownThrows',
      'a shutdown hook of another provider threw, and NestJS 11 skips the hooks after it',
    ],
    ['shutdownThrows', 'The shutdown began and did not finish'],
  ] as const)(
    'says what fits where the hook of another provider ended the shutdown: %s',
    async (how, remedy) => {
      const output = await run({ how }, 1);
      expect(output).toContain(
        "The process exits with 1 event not delivered to 'webhook'; with memory() it is lost.",
      );
      expect(output).toContain(remedy);
      expect(output).not.toContain('enableShutdownHooks');
    },
  );
});

test('warns of SIGTERM in the main thread only: signals never reach a worker', async () => {
  const output = await run({ how: 'unsignalled' });
  expect(output).toContain('checked in the main thread');
  expect(output).toContain('checked in a worker thread');
  expect(output.match(/does not handle SIGTERM/g)).toHaveLength(1);
});
