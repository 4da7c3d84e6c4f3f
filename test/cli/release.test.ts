import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nodeFiles } from '../../lib/buffer/journal/files/node-files.js';
import { processIdentity } from '../../lib/buffer/journal/ownership/process-identity.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import { journal } from '../../lib/buffer/journal/journal.js';
import { cliMessages } from '../../lib/cli/cli.messages.js';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TrackingModule } from '../../lib/tracking.module.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { expectAccounted, expectOnDisk, strandedOf } from '../support/accounting.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { RecordedLog } from '../support/recorded-log.js';
import { storedNumbers } from '../support/tracked-application.js';
import { aDirectory } from './a-journal.js';
import { commandLine, jsonLines, type Ended } from './command-line.js';

const COUNT = 20;
const NUMBERS = Array.from({ length: COUNT }, (_, n) => n);

let directory: { path: string; remove: () => void };
let server: MisbehavingServer;
let running: INestApplicationContext[];

beforeEach(async () => {
  directory = aDirectory();
  server = await MisbehavingServer.start();
  running = [];
});
afterEach(async () => {
  for (const app of running) await app.close();
  await server.close();
  directory.remove();
});

const cli = (...argv: string[]): Promise<Ended> => commandLine(['-C', directory.path, ...argv]);

const hook = (path: string, name = 'webhook'): Destination => webhook({ url: `${server.url}/${path}`, name });

async function start(...destinations: Destination[]): Promise<TrackingService> {
  const app = await Test.createTestingModule({
    imports: [
      TrackingModule.forRoot({
        destinations,
        buffer: journal({ directory: directory.path, leaseMs: 1_000 }),
        shutdown: { timeoutMs: 100 },
      }),
    ],
  })
    .setLogger(new RecordedLog())
    .compile();
  await app.init();
  running.push(app);
  return app.get(TrackingService);
}

async function stop(): Promise<void> {
  await running.pop()!.close();
}

const until = async (goal: () => boolean): Promise<void> => {
  while (!goal()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** Events that are pending for a former account of an application. */
async function left(...destinations: Destination[]): Promise<void> {
  server.behave(503);
  const tracking = await start(...destinations);
  for (const n of NUMBERS) tracking.track('Order Completed', { n }, { userId: `user-${n}` });
  await stop();
  server.behave(200);
}

/** Makes the folders look like those of a killed container: with another host, and without an orderly shutdown. */
function leftByContainer(): void {
  for (const name of readdirSync(directory.path, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory.path, name);
    if (name.endsWith('closed')) rmSync(path);
    if (!name.endsWith('owner.json')) continue;
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), host: 'pod-1' }));
    utimesSync(path, 0, 0);
  }
}

const accountOf = (tracking: TrackingService): string => tracking.stats().journal!.stranded[0]!.account!;

const strandedAccount = async (): Promise<string> =>
  (JSON.parse((await cli('status', '--json')).out) as { stranded: { account: string }[] }).stranded[0]!
    .account;

describe('move', () => {
  test('releases events that are pending for a changed account, while the application runs', async () => {
    await left(hook('before'));
    const tracking = await start(hook('after'));
    await until(() => strandedOf(tracking.stats().journal!)['webhook'] === COUNT);
    const account = accountOf(tracking);
    expect((await cli('status')).out).toContain(account);

    const planned = await cli('move', '--from', account, '--to', 'webhook', '--dry-run');
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.out).toContain(`${COUNT} events of ${account} would be released to webhook`);
    expect((await cli('move', '--from', account, '--to', 'webhook')).err).toContain('--yes');
    expect(server.stored).toEqual([]);

    const moved = await cli('move', '--from', account, '--to', 'webhook', '--yes', '--json');
    expect(moved).toMatchObject({ code: 0 });
    expect(JSON.parse(moved.out)).toMatchObject({ events: COUNT, destinations: { webhook: COUNT } });
    await until(() => server.stored.length === COUNT);
    expect(storedNumbers(server)).toEqual(NUMBERS);
    await until(() => tracking.stats().lanes['webhook']!.pending === 0);
    expect(tracking.stats().journal!.stranded).toEqual([]);
    expectAccounted(tracking.stats());
    expect((await cli('move', '--from', account, '--to', 'webhook', '--yes')).code).toBe(2);
  });

  test('releases the events of a crashed container, which only a running process knows to be dead', async () => {
    await left(hook('before'));
    leftByContainer();
    expect((await cli('status')).out).toContain('not_running');

    const tracking = await start(hook('after'));
    await until(() => strandedOf(tracking.stats().journal!)['webhook'] === COUNT);
    const account = accountOf(tracking);
    expect((await cli('status')).out).toContain(`${account}  webhook      account_changed`);
    const moved = await cli('move', '--from', account, '--to', 'webhook', '--yes', '--json');
    expect(moved).toMatchObject({ code: 0 });
    expect(JSON.parse(moved.out)).toMatchObject({ events: COUNT, problems: [] });
    await until(() => server.stored.length === COUNT);
    expect(storedNumbers(server)).toEqual(NUMBERS);
  });

  test('reports the events that it did not release, if no process knows whether the owner is dead', async () => {
    await left(hook('after', 'new'));
    server.behave(503);
    await left(hook('before'));
    leftByContainer();
    const [{ account }] = JSON.parse((await cli('status', '--json')).out).stranded.filter(
      ({ destination }: { destination: string }) => destination === 'webhook',
    );
    const moved = await cli('move', '--from', account, '--to', 'new', '--yes', '--json');
    expect(moved.code).toBe(2);
    expect(JSON.parse(moved.out)).toMatchObject({
      events: 0,
      problems: [expect.stringContaining('Not released: 20 events,')],
    });
  });

  test('keeps an event pending at the destination although the other account has received it', async () => {
    server.behave(({ path }) => (path === '/mine' ? 503 : 200));
    const both = await start(hook('other', 'a'), hook('mine', 'b'));
    for (const n of NUMBERS) both.track('Order Completed', { n }, { userId: `user-${n}` });
    await until(() => server.stored.length === COUNT);
    server.behave(503);
    for (const n of NUMBERS) both.track('Order Completed', { n: COUNT + n }, { userId: `user-${n}` });
    await stop();

    const tracking = await start(hook('mine', 'b'));
    await until(() => tracking.stats().lanes['b']!.pending === 2 * COUNT);
    await cli('move', '--from', accountOf(tracking), '--to', 'b', '--yes');
    server.behave(200);
    await until(() => server.stored.length === 3 * COUNT);
    await until(() => tracking.stats().lanes['b']!.pending === 0);
    expect(storedNumbers(server)).toEqual(
      [...NUMBERS, ...NUMBERS, ...NUMBERS.map((n) => COUNT + n)].toSorted((x, y) => x - y),
    );
    expectAccounted(tracking.stats());
  });

  test('releases one lane of a folder whose other lane is still being delivered', async () => {
    await left(hook('before', 'a'), hook('other', 'b'));
    server.behave(({ path }) => (path === '/other' ? 503 : 200));
    const tracking = await start(hook('after', 'a'), hook('other', 'b'));
    await until(() => tracking.stats().lanes['b']!.pending === COUNT);
    expect(strandedOf(tracking.stats().journal!)).toEqual({ a: COUNT });
    await cli('move', '--from', accountOf(tracking).split('/').at(-1)!, '--to', 'a', '--yes');
    await until(() => server.stored.length === COUNT);
    server.behave(200);
    await until(() => Object.values(tracking.stats().lanes).every(({ pending }) => pending === 0));
    expect(storedNumbers(server)).toEqual(NUMBERS.flatMap((n) => [n, n]));
    expectAccounted(tracking.stats());
  });

  test('without a running application, the next start delivers', async () => {
    await left(hook('before'));
    server.behave(503);
    const tracking = await start(hook('after'));
    tracking.track('Order Completed', { n: COUNT }, { userId: 'one' });
    await until(() => strandedOf(tracking.stats().journal!)['webhook'] === COUNT);
    const account = accountOf(tracking);
    await stop();
    server.behave(200);
    expect((await cli('move', '--from', account, '--to', 'webhook', '--yes')).code).toBe(0);

    await start(hook('after'));
    await until(() => server.stored.length === COUNT + 1);
    expect(storedNumbers(server)).toEqual([...NUMBERS, COUNT]);
  });

  test('finds the destination if only adopted folders are left', async () => {
    await left(hook('before'));
    const tracking = await start(hook('before'));
    await until(() => tracking.stats().lanes['webhook']!.pending === 0);
    await stop();
    await left(hook('elsewhere', 'other'));
    const account = await strandedAccount();

    expect(await cli('move', '--from', account, '--to', 'webhook', '--yes')).toMatchObject({ code: 0 });
    await start(hook('before'));
    await until(() => server.stored.length === 2 * COUNT);
  });

  test('reports that a destination has the account already', async () => {
    await left(hook('before'));
    const own = await cli('move', '--from', await strandedAccount(), '--to', 'webhook', '--yes');
    expect(own).toMatchObject({ code: 2 });
    expect(own.err).toContain('webhook delivers to this account already');
  });

  test('names unknown accounts and destinations', async () => {
    await left(hook('before'));
    const unknown = await cli('move', '--from', 'webhook/nowhere/000000000000', '--to', 'webhook', '--yes');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain('status');
    const { stranded } = JSON.parse((await cli('status', '--json')).out) as {
      stranded: { account: string; reason: string; events: number }[];
    };
    expect(stranded).toEqual([expect.objectContaining({ reason: 'not_running', events: COUNT })]);
    const nowhere = await cli('move', '--from', stranded[0]!.account, '--to', 'nowhere', '--yes');
    expect(nowhere).toMatchObject({ code: 2 });
    expect(nowhere.err).toContain('nowhere');
  });
});

describe('import', () => {
  test('names a file that cannot be read, and what to check', async () => {
    await left(hook('before'));
    for (const [path, code] of [
      [join(directory.path, 'none.jsonl'), 'ENOENT'],
      [directory.path, 'EISDIR'],
    ] as const) {
      expect(await cli('import', path, '--to', 'webhook')).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining(
          `${path} cannot be read (${code}). Nothing was imported. Check the path`,
        ),
      });
    }
  });

  const exported = (): string => join(directory.path, 'events.jsonl');

  test('imports the events of an export once, with their ids and times', async () => {
    await left(hook('before'));
    expect((await cli('export', '--state', 'pending', '--out', exported())).code).toBe(0);
    const before = jsonLines((await cli('list', '--json')).out);
    const tracking = await start(hook('after'));
    expect((await cli('import', exported(), '--to', 'webhook', '--dry-run')).out).toContain(
      `${COUNT} events would be imported`,
    );
    expect(server.stored).toEqual([]);
    const done = await cli('import', exported(), '--to', 'webhook');
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain(`${COUNT} events imported (webhook ${COUNT})`);
    await until(() => server.stored.length === COUNT);
    expect(storedNumbers(server)).toEqual(NUMBERS);
    const sent = server.requests
      .filter(({ path }) => path === '/after')
      .flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[]);
    for (const event of sent) {
      const original = before.find(({ id }) => id === event['id'])!;
      expect(event).toEqual(
        Object.fromEntries(Object.entries(original).filter(([name]) => name !== 'destinations')),
      );
    }
    await until(() => tracking.stats().lanes['webhook']!.pending === 0);
    expect(tracking.stats().lanes['webhook']).toMatchObject({ replayed: COUNT, delivered: COUNT });
    expectAccounted(tracking.stats());

    const again = await cli('import', exported(), '--to', 'webhook');
    expect(again.out).toContain('0 events imported');
    expect(again.err).toContain(`${COUNT} events skipped`);
    expect(server.stored).toHaveLength(COUNT);
  });

  test('sends a visitor under the id of the destination’s browser library, and skips an unknown one', async () => {
    await left(hook('before'));
    const [line] = jsonLines((await cli('export')).out) as Record<string, unknown>[];
    const visitor = (id: string, browserIds: object): string =>
      JSON.stringify({
        ...line,
        id: `${String(line!['id']).slice(0, -2)}${id}`,
        userId: undefined,
        browserIds,
      });
    writeFileSync(
      exported(),
      `${visitor('aa', { webhook: { anonymousId: 'own' }, shop: { anonymousId: 'other' } })}\n` +
        `${visitor('bb', { shop: { anonymousId: 'other' } })}\n`,
    );
    await start(hook('after'));
    const done = await cli('import', exported(), '--to', 'webhook');
    expect(done.out).toContain('1 event imported (webhook 1)');
    expect(done.err).toBe(`${cliMessages.importUnknown(1, 'webhook')}\n`);
    const sent = (): string[] =>
      server.requests.filter(({ path }) => path === '/after').map(({ body }) => body);
    await until(() => sent().length === 1);
    expect(JSON.parse(sent()[0]!)).toMatchObject([{ anonymousId: 'own' }]);
    expect(sent()[0]).not.toContain('other');
  });

  test('without a running application, the next start delivers', async () => {
    await left(hook('events'));
    await cli('export', '--out', exported());
    directory.remove();
    directory = aDirectory();
    server.behave(503);
    const tracking = await start(hook('events'));
    tracking.track('Order Completed', { n: COUNT }, { userId: 'one' });
    await stop();
    server.behave(200);
    const lines = NUMBERS.map((n) =>
      JSON.stringify({
        id: `019abcde-0000-7000-8000-${String(n).padStart(12, '0')}`,
        type: 'track',
        name: 'Order Completed',
        timestamp: '2026-01-01T00:00:00.000Z',
        acceptedAt: '2026-01-01T00:00:00.000Z',
        userId: `user-${n}`,
        properties: { n },
      }),
    );
    writeFileSync(exported(), [...lines, lines[0]].join('\n'));
    const done = await cli('import', exported(), '--to', 'webhook', '--json');
    expect(JSON.parse(done.out)).toMatchObject({ events: COUNT, destinations: { webhook: COUNT } });
    expect(done.err).toContain('1 event skipped');
    const next = await start(hook('events'));
    await until(() => server.stored.length === COUNT + 1);
    expect(storedNumbers(server)).toEqual([...NUMBERS, COUNT]);
    await until(() => next.stats().lanes['webhook']!.pending === 0);
    expectAccounted(next.stats());
  });

  test('does nothing if a line is no event, and names the line', async () => {
    await left(hook('events'));
    await cli('export', '--out', exported());
    writeFileSync(join(directory.path, 'bad.jsonl'), '\n{"id":"x"}\n');
    const bad = await cli('import', join(directory.path, 'bad.jsonl'), '--to', 'webhook');
    expect(bad).toMatchObject({ code: 2, out: '' });
    expect(bad.err).toContain('Line 2');
    const nowhere = await cli('import', exported(), '--to', 'nowhere');
    expect(nowhere).toMatchObject({ code: 2, out: '' });
  });
});

test('the counts on disk equal those of stats(), with real files', async () => {
  await left(hook('before', 'a'), hook('other', 'b'));
  server.behave(503);
  const tracking = await start(hook('after', 'a'), hook('other', 'b'));
  await until(() => tracking.stats().lanes['b']!.pending === COUNT);
  const reading = { directory: directory.path, files: nodeFiles, process: processIdentity(), now: Date.now };
  await expectOnDisk(reading, [tracking.stats()]);
});
