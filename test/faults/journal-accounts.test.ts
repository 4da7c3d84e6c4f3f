import { beforeEach, describe, expect, it } from '@jest/globals';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import type { WebhookOptions } from '../../lib/destinations/webhook/webhook-options.js';
import { JournalDisk } from '../support/journal-disk.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { ATTEMPT_MS } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;
const COUNT = 501;
const WRONG = { authorization: 'Bearer wrong' };
const RIGHT = { authorization: 'Bearer right' };
const secret = (letter: string): string => `whsec_${btoa(letter.repeat(32))}`;

let scene: Scene;
let server: MisbehavingServer;
let disk: JournalDisk;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
  disk = new JournalDisk(scene);
});

const hook = (options: Partial<WebhookOptions> = {}): Destination =>
  webhook({ url: `${server.url}/events`, timeoutMs: ATTEMPT_MS, ...options });

const product = (letter: string, options: { name?: string } = {}): Destination =>
  kissmetrics({ apiKey: letter.repeat(40), endpoint: server.url, timeoutMs: ATTEMPT_MS, ...options });

const start = (...destinations: Destination[]): Promise<TrackedApplication> =>
  scene.application({ destinations, options: { buffer: disk.journal() } });

/** Pending events without a delivering process, left by an application that ended. */
async function left(...destinations: Destination[]): Promise<number[]> {
  server.behave(({ headers }) => (headers.authorization === RIGHT.authorization ? 200 : 401));
  const app = await start(...destinations);
  app.track(COUNT);
  await scene.run(5 * SECOND);
  await app.close();
  expect(server.stored).toEqual([]);
  return app.numbers;
}

describe('after a change of credentials that only authenticate, all pending events are delivered', () => {
  it('a corrected Authorization header', async () => {
    const numbers = await left(hook({ headers: WRONG }));
    const app = await start(hook({ headers: RIGHT }));
    await scene.until(() => storedNumbers(server).length === COUNT);
    expect(storedNumbers(server)).toEqual(numbers);
    expect(app.lane()).toMatchObject({ recovered: COUNT, delivered: COUNT, pending: 0 });
    await scene.until(() => scene.log.of('log').length > 0);
    const lines = scene.log.of('log').filter((line) => line.includes('credentials'));
    expect(lines).toEqual([expect.stringContaining("501 events of destination 'webhook'")]);
    expect(scene.log.text).not.toMatch(/Bearer|wrong|right/);
  });

  it('a rotated secret', async () => {
    const numbers = await left(hook({ secret: secret('a') }));
    server.behave(200);
    await start(hook({ secret: [secret('b'), secret('a')] }));
    await scene.until(() => storedNumbers(server).length === COUNT);
    expect(storedNumbers(server)).toEqual(numbers);
  });
});

describe('a name is no part of an account', () => {
  it('a renamed destination takes over the pending events', async () => {
    const numbers = await left(hook({ name: 'before', headers: WRONG }));
    const app = await start(hook({ name: 'after', headers: RIGHT }));
    await scene.until(() => storedNumbers(server).length === COUNT);
    expect(storedNumbers(server)).toEqual(numbers);
    expect(app.lane('after')).toMatchObject({ recovered: COUNT, delivered: COUNT, pending: 0 });
    await app.close();

    // Its settled events stay settled under any name.
    const again = await start(hook({ name: 'before', headers: RIGHT }));
    await scene.run(30 * SECOND);
    expect(again.lane()).toMatchObject({ recovered: 0, adopted: 0 });
    expect(storedNumbers(server)).toEqual(numbers);
  });

  it('a removed destination does not remove events that are pending for another one of its account', async () => {
    const at = (name: string): Destination => hook({ name, headers: { authorization: name } });
    server.behave(({ headers }) => (headers.authorization === 'one' ? 503 : 200));
    const app = await start(at('one'), at('two'));
    const numbers = app.track(COUNT);
    await scene.until(() => storedNumbers(server).length === COUNT);
    await app.close();

    server.behave(200);
    const again = await start(at('one'));
    await scene.until(() => storedNumbers(server).length === 2 * COUNT);
    expect(storedNumbers(server)).toEqual(numbers.flatMap((n) => [n, n]));
    expect(again.lane('one')).toMatchObject({ recovered: COUNT, delivered: COUNT, pending: 0 });
  });

  it('after two accounts exchange their names, neither gets events of the other', async () => {
    const at = (path: string, name: string): Destination =>
      webhook({ url: `${server.url}/${path}`, name, timeoutMs: ATTEMPT_MS });
    await left(at('one', 'a'), at('two', 'b'));
    server.behave(200);
    const app = await start(at('one', 'b'), at('two', 'a'));
    const fresh = app.track(1);
    await scene.until(() => storedNumbers(server).length === 2 * COUNT + 2 * fresh.length);
    for (const name of ['a', 'b'])
      expect(app.lane(name)).toMatchObject({ recovered: COUNT, delivered: COUNT + 1, pending: 0 });
    for (const path of ['/one', '/two']) {
      const got = server.requests.filter((request) => request.path === path && request.number > 0);
      const stored = got.filter(({ headers }) => headers['content-type'] === 'application/json');
      expect(stored.length).toBeGreaterThan(0);
    }
  });
});

describe('a changed account gets no events of the former one', () => {
  it.each<[string, () => Destination, () => Destination]>([
    ['another key of KISSmetrics', () => product('a'), () => product('b')],
    ['another path', () => hook(), () => hook({ url: `${server.url}/other` })],
  ])('%s', async (_, before, after) => {
    await left(before());
    server.behave(200);
    const app = await start(after());
    await scene.run(30 * SECOND);
    expect(server.stored).toEqual([]);
    const { stranded } = app.stats().journal!;
    expect(stranded).toEqual([
      expect.objectContaining({
        destination: before().name,
        reason: 'account_changed',
        events: COUNT,
        account: expect.stringMatching(/^(kissmetrics|webhook)\/127\.0\.0\.1:\d+\/[0-9a-f]{12}$/),
      }),
    ]);
    const account = stranded[0]!.account!;
    const errors = scene.log.of('error').filter((line) => line.includes(account));
    expect(errors).toEqual([expect.stringContaining('501 events')]);
    expect(errors[0]).toContain(`npx nestjs-tracking move --from ${account} --to ${after().name}`);
    await app.close();

    await start(before());
    await scene.until(() => storedNumbers(server).length === COUNT);
  });

  it('and an unchanged destination beside it continues', async () => {
    const numbers = await left(product('a'), hook({ headers: WRONG }));
    server.behave(200);
    const app = await start(product('b'), hook({ headers: RIGHT }));
    await scene.until(() => storedNumbers(server).length === COUNT);
    expect(storedNumbers(server)).toEqual(numbers);
    expect(server.requests.filter(({ path }) => path.startsWith('/e'))).not.toEqual([]);
    await scene.run(30 * SECOND);
    expect(app.lane('kissmetrics')).toMatchObject({ recovered: 0, adopted: 0, attempts: 0 });
    expect(app.stats().journal!.stranded).toEqual([
      expect.objectContaining({ destination: 'kissmetrics', reason: 'account_changed', events: COUNT }),
    ]);
  });
});

it('events that are pending for a changed account stay, however short the retention is', async () => {
  await left(product('a'), hook({ headers: WRONG }));
  const app = await scene.application({
    destinations: [product('b'), hook({ headers: WRONG })],
    options: { buffer: disk.journal({ retain: { days: 0 } }) },
  });
  await scene.run(60 * SECOND);
  expect(app.lane('webhook')).toMatchObject({ pending: COUNT });
  expect(app.stats().journal!.stranded).toEqual([
    expect.objectContaining({ destination: 'kissmetrics', reason: 'account_changed', events: COUNT }),
  ]);
});

describe('the ids of keys', () => {
  const idOf = (app: TrackedApplication): string | undefined =>
    app.tracking.track('Order Completed', { n: 1 }, { userId: 'ann', key: 'order-1' });

  it.each<[string, () => Destination[], () => Destination[]]>([
    ['a credential', () => [hook({ headers: WRONG })], () => [hook({ headers: RIGHT })]],
    ['a secret', () => [hook({ secret: secret('a') })], () => [hook({ secret: secret('b') })]],
    ['a name', () => [hook({ name: 'a' })], () => [hook({ name: 'b' })]],
    ['a key of KISSmetrics', () => [product('a')], () => [product('b')]],
    ['a destination that is added', () => [hook()], () => [product('a'), hook()]],
  ])('stay the same after a change of %s, and a restart later', async (_, before, after) => {
    const first = await start(...before());
    const id = idOf(first);
    await first.close();
    for (const destinations of [after(), after(), before()]) {
      const app = await start(...destinations);
      expect(idOf(app)).toBe(id);
      await app.close();
    }
  });

  it('are those of the configuration in a new directory, and another service has its own', async () => {
    const [one, other] = [await start(product('a')), await start(product('b'))];
    expect(idOf(one)).not.toBe(idOf(other));
    const memory = await scene.application({ destinations: [product('a')] });
    expect(idOf(memory)).toBe(idOf(one));
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    [
      'is damaged',
      () => disk.files.writeText('/var/tracking/namespaces.json', '{'),
      /namespaces\.json: it is damaged.*`namespace`/,
    ],
    [
      'cannot be read',
      async () => {
        disk.files.fail(({ kind, path }) => kind === 'readText' && path.endsWith('namespaces.json'), {
          code: 'EIO',
        });
      },
      /namespaces\.json: it cannot be read \(EIO\).*`namespace`/,
    ],
  ])('may change where the file that keeps them %s, which the log says', async (_, spoil, line) => {
    await (await start(hook())).close();
    await scene.ended(spoil());
    expect(scene.log.of('error')).toEqual([]);
    idOf(await start(hook()));
    await scene.until(() => scene.log.of('error').length > 0);
    expect(scene.log.of('error')).toEqual([expect.stringMatching(line)]);
  });

  it('change with the credentials if nothing keeps them, with one warning', async () => {
    const app = await scene.application({ destinations: [hook()] });
    idOf(app);
    app.tracking.track('Order Completed', { n: 2 }, { userId: 'ann', key: 'order-2' });
    expect(scene.log.of('warn').filter((line) => line.includes('namespace'))).toHaveLength(1);
    const named = await scene.application({ destinations: [hook()], options: { namespace: 'shop' } });
    idOf(named);
    expect(scene.log.of('warn').filter((line) => line.includes('namespace'))).toHaveLength(1);
  });
});

it('a journal of an earlier version, whose digests are keyed with credentials, is adopted', async () => {
  const numbers = await left(hook({ headers: WRONG }));
  const owners = [...disk.files.disk.list('/var/tracking')]
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .flatMap((group) =>
      disk.files.disk
        .list(`/var/tracking/${group}`)
        .map((name) => `/var/tracking/${group}/${name}/owner.json`),
    );
  expect(owners.length).toBeGreaterThan(0);
  for (const path of owners) {
    const owner = JSON.parse(disk.files.text(path)) as { lanes: Record<string, Record<string, string>> };
    for (const lane of Object.values(owner.lanes)) {
      lane['key'] = lane['credentials']!;
      delete lane['credentials'];
    }
    await scene.ended(disk.files.writeText(path, JSON.stringify(owner)));
  }
  server.behave(200);
  await start(hook({ headers: WRONG }));
  await scene.until(() => storedNumbers(server).length === COUNT);
  expect(storedNumbers(server)).toEqual(numbers);
});
