import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command } from '../../lib/buffer/journal/ownership/command.js';
import { commandPath } from '../../lib/buffer/journal/ownership/command.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { expectAccounted } from '../support/accounting.js';
import { JournalChild } from '../support/journal-child.js';
import type { JournalPlan } from '../support/journal-child.js';
import { JournalDisk } from '../support/journal-disk.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import type { Behaviour, SeenRequest } from '../support/misbehaving-server.js';
import { ATTEMPT_MS, WEBHOOK } from '../support/platforms.js';
import { Scene } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;

/** Gives this answer to requests with one of these numbers, and a success to others. */
const answering =
  (behaviour: Behaviour, ...numbers: number[]) =>
  ({ events }: SeenRequest): Behaviour =>
    events.some(({ n }) => numbers.includes(n)) ? behaviour : 200;

/** Sockets are not shared: on one socket, an answer cannot overtake an earlier one. */
const kissmetricsOf = ({ url }: MisbehavingServer): Destination =>
  kissmetrics({ apiKey: 'f'.repeat(40), endpoint: url, timeoutMs: ATTEMPT_MS, pipelining: 1 });
const webhookOf = (server: MisbehavingServer): Destination =>
  WEBHOOK.destination(server, { batch: { maxEvents: 10 } });

describe.each([
  { name: 'webhook', destinationOf: webhookOf },
  { name: 'kissmetrics', destinationOf: kissmetricsOf },
])('$name()', ({ destinationOf }) => {
  let scene: Scene;
  let server: MisbehavingServer;
  let app: TrackedApplication;
  const identify = (n: number, userId = 'ann', traits: object = {}): void =>
    void app.tracking.identify({ n, ...traits }, { userId });
  const track = (n: number): void => void app.tracking.track('Order Completed', { n }, { userId: 'ann' });
  const stored = (): number[] => server.stored.map(({ n }) => n);

  beforeEach(async () => {
    scene = new Scene();
    server = await scene.server();
    app = await scene.application({ destinations: [destinationOf(server)] });
  });

  it('gets the newer traits when the older ones are answered, however slowly, and `track` events in the meantime', async () => {
    server.behave(answering('hang', 1));
    identify(1);
    await scene.until(() => server.held === 1);
    identify(2);
    identify(3, 'bob');
    track(4);
    await scene.run(5 * SECOND);
    expect(new Set(stored())).toEqual(new Set([3, 4]));
    server.release();
    await scene.until(app.idle);
    expect(stored().slice(2)).toEqual([1, 2]);
    expect(app.lane()).toMatchObject({ delivered: 4, dropped: {} });
  });

  it('gets no retry of traits that a newer call has replaced', async () => {
    server.behave(answering(503, 1));
    identify(1);
    await scene.until(() => server.requests.length === 1);
    await scene.settled();
    identify(2);
    await scene.until(app.idle);
    expect(stored()).toEqual([2]);
    expect(app.lane()).toMatchObject({ delivered: 1, dropped: { superseded: 1 } });
    expect(scene.log.of('error').filter((text) => text.includes('superseded'))).toEqual([]);
  });

  it('gets no event of a superseded keyed call when the call is repeated', async () => {
    server.behave(answering(503, 1));
    const older = (): string | undefined =>
      app.tracking.identify({ n: 1 }, { userId: 'ann', key: 'change-1', timestamp: scene.clock.now() });
    older();
    await scene.until(() => server.requests.length === 1);
    await scene.settled();
    identify(2);
    await scene.until(app.idle);
    server.behave(200);
    older();
    await scene.until(app.idle);
    expect(stored()).toEqual([2]);
    expect(app.stats()).toMatchObject({ duplicate: 1 });
  });

  it('gets an older call first that sets a trait which the newer one does not set', async () => {
    server.behave(answering(503, 1));
    identify(1, 'ann', { email: 'ann@shop.example' });
    await scene.until(() => server.requests.length === 1);
    await scene.settled();
    identify(2);
    await scene.run(5 * SECOND);
    expect(stored()).toEqual([]);
    server.behave(200);
    await scene.until(app.idle);
    expect(stored()).toEqual([1, 2]);
  });

  it('ends with the last traits of every person after an hour of changes, failures and slow answers', async () => {
    // Every third request fails, every seventh is answered after later ones.
    server.behave(({ number }) => (number % 7 === 0 ? 'hang' : number % 3 === 0 ? 503 : 200));
    let n = 0;
    const change = (): void => {
      for (let person = 0; person < 40; person++) {
        // The number determines the person.
        if ((n + person) % 3 === 0) identify(n * 100 + person, `user-${person}`);
        else if (person % 2 === 0) app.tracking.track('Viewed', {}, { userId: `user-${person}` });
      }
      n++;
    };
    for (let minute = 0; minute < 60; minute++) {
      change();
      await scene.run(20 * SECOND);
      change();
      server.release();
      await scene.run(40 * SECOND);
    }
    server.behave(200);
    server.release();
    await scene.until(app.idle);
    for (let person = 0; person < 40; person++) {
      const order = server.stored.filter(({ n }) => n >= 0 && n % 100 === person).map(({ n }) => n);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      const last = Array.from({ length: n }, (_, k) => k).findLast((k) => (k + person) % 3 === 0)!;
      expect(order.at(-1)).toBe(last * 100 + person);
    }
  });
});

describe('a journal', () => {
  const VERY_OLD = 101;
  const NEW = 102;

  it('that adopts older traits than it has delivered drops them', async () => {
    const scene = new Scene();
    const server = await scene.server();
    const disk = new JournalDisk(scene);
    const start = (): Promise<TrackedApplication> =>
      scene.application({
        destinations: [WEBHOOK.destination(server)],
        options: { buffer: disk.journal() },
      });
    server.behave(answering(503, VERY_OLD));
    const [one, other] = [await start(), await start()];
    one.tracking.identify({ n: VERY_OLD }, { userId: 'ann' });
    one.tracking.identify({ n: VERY_OLD, email: 'bob@shop.example' }, { userId: 'bob' });
    await scene.until(() => server.requests.length > 0);
    other.tracking.identify({ n: NEW }, { userId: 'ann' });
    other.tracking.identify({ n: NEW }, { userId: 'bob' });
    await scene.until(() => other.lane().delivered === 2);
    await one.close();
    server.behave(200);
    await scene.until(() => other.lane().adopted === 2 && other.idle());
    expect(other.lane()).toMatchObject({ delivered: 3, dropped: { superseded: 1 } });
    expect(server.stored.map(({ n }) => n)).toEqual([NEW, NEW, -1]);
    expect(server.requests.at(-1)!.body).toContain('"properties":{"email":"bob@shop.example"}');
  });

  it('drops older traits whose dead letter is sent again', async () => {
    const scene = new Scene();
    const server = await scene.server();
    const disk = new JournalDisk(scene);
    const app = await scene.application({
      destinations: [WEBHOOK.destination(server, { batch: { maxEvents: 1 } })],
      options: { buffer: disk.journal() },
    });
    server.behave(answering(400, VERY_OLD));
    app.tracking.identify({ n: VERY_OLD, bad: true }, { userId: 'ann' });
    await scene.until(() => app.lane().lastRefusal !== null);
    app.track(2);
    await scene.until(() => app.lane().dead === 1);
    app.tracking.identify({ n: NEW, bad: false }, { userId: 'ann' });
    await scene.until(app.idle);
    server.behave(200);
    const command: Command = {
      id: 'retry-1',
      kind: 'dead.retry',
      at: new Date(scene.clock.now()).toISOString(),
      payload: { filter: {} },
    };
    const folder = app.stats().journal!.folder!;
    await scene.ended(disk.files.writeText(commandPath(folder, command.id), JSON.stringify(command)));
    await scene.until(() => app.lane().redriven === 1 && app.lane().pending === 0, 60 * SECOND);
    expect(app.lane()).toMatchObject({ dead: 0, dropped: { superseded: 1 } });
    expect(server.stored.map(({ n }) => n)).not.toContain(VERY_OLD);
  });
});

describe('real processes', () => {
  let directory: string;
  let server: MisbehavingServer;
  let children: JournalChild[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
    server = await MisbehavingServer.start();
    children = [];
  });

  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (firstNumber: number): Promise<JournalChild> => {
    const plan: JournalPlan = {
      journal: { directory, leaseMs: 1_000 },
      lanes: { webhook: { url: `${server.url}/events` } },
      firstNumber,
    };
    const child = new JournalChild(plan);
    children.push(child);
    await child.ready;
    return child;
  };
  /** Resolves when it is on disk. */
  const identify = async (child: JournalChild, n: number): Promise<void> => {
    await child.ask({ do: 'identify', userId: 'ann', traits: { n } });
    await child.ask({ do: 'record', count: 1 });
  };
  const traits = (): number[] => server.stored.map(({ n }) => n).filter((n) => n < 10);

  it('deliver pending events in order after SIGKILL', async () => {
    server.behave(503);
    const killed = await start(100);
    await identify(killed, 1);
    await identify(killed, 2);
    await killed.kill();
    server.behave(200);
    const next = await start(200);
    await identify(next, 3);
    const stats = await next.idle();
    expectAccounted(stats);
    const order = traits();
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order.at(-1)).toBe(3);
    const { delivered, dropped } = stats.lanes['webhook']!;
    expect(delivered + (dropped.superseded ?? 0)).toBe(6);
  });

  it('never overwrite newer traits that they delivered with those of a crashed process', async () => {
    server.behave(answering(503, 1));
    const killed = await start(100);
    await identify(killed, 1);
    const survivor = await start(200);
    await identify(survivor, 2);
    await survivor.until(({ lanes }) => lanes['webhook']!.delivered === 2);
    await killed.kill();
    server.behave(200);
    const stats = await survivor.until(
      ({ lanes }) => lanes['webhook']!.adopted > 0 && lanes['webhook']!.pending === 0,
    );
    expectAccounted(stats);
    expect(stats.lanes['webhook']).toMatchObject({ dropped: { superseded: 1 } });
    expect(traits()).toEqual([2]);
  });
});
