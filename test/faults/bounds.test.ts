import { beforeEach, describe, expect, it } from '@jest/globals';
import { memory } from '../../lib/buffer/memory/memory.js';
import { total } from '../support/accounting.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { KISSMETRICS, PLATFORMS, WEBHOOK } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';

const SECOND = 1_000;

let scene: Scene;
let server: MisbehavingServer;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
});

describe.each(PLATFORMS)('$name()', (platform) => {
  it('stays within its bytes in an outage of 60 s at 2,000 events/s, and counts every drop', async () => {
    const maxBytes = 4_000_000;
    await server.goDown();
    const app = await scene.application({
      destinations: [platform.destination(server)],
      options: { buffer: memory({ maxBytes }), maxEventBytes: 100_000 },
    });
    await scene.run(60 * SECOND, { ms: 100, run: () => void app.track(200) });
    const { pending, dropped } = app.lane();
    // An event's JSON has more than 250 bytes, whatever it contains.
    expect(pending).toBeLessThanOrEqual(maxBytes / 250);
    expect(pending).toBeGreaterThan(1_000);
    expect(dropped).toEqual({ buffer_full: 120_000 - pending });
    expect(scene.log.of('error').filter((text) => text.includes('dropped')).length).toBeLessThanOrEqual(2);

    await server.comeUp();
    await scene.until(app.idle);
    expect(server.stored).toHaveLength(pending);
    expect(new Set(storedNumbers(server)).size).toBe(pending);
    expect(app.lane()).toMatchObject({ delivered: pending, dead: 0, dropped });
  });

  it('accepts 100,000 calls while the collector is down, and keeps the newest that fit', async () => {
    await server.goDown();
    const app = await scene.application({
      destinations: [platform.destination(server)],
      options: { buffer: memory({ maxEvents: 5_000 }) },
    });
    app.track(100_000);
    await scene.settled();
    expect(app.lane()).toMatchObject({ pending: 5_000, dropped: { buffer_full: 95_000 } });
    await server.comeUp();
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers.slice(-5_000));
  });

  it('rejects the newest events with that option, by name, and forgets the keys of rejected events', async () => {
    await server.goDown();
    const app = await scene.application({
      destinations: [platform.destination(server)],
      options: { buffer: memory({ maxEvents: 100, onFull: 'rejectNewest' }) },
    });
    app.track(150);
    const paid = { userId: 'user', key: 'order-1', timestamp: scene.clock.now() };
    expect(app.tracking.track('Paid', { n: 150 }, paid)).toBeUndefined();
    await expect(scene.ended(app.tracking.record('Paid', { n: 150 }, paid))).resolves.toEqual({
      state: 'rejected',
      reason: 'buffer_full',
    });
    expect(app.stats()).toMatchObject({ accepted: 100, rejected: { buffer_full: 52 } });
    await server.comeUp();
    await scene.until(app.idle);
    expect(app.tracking.track('Paid', { n: 150 }, paid)).toEqual(expect.any(String));
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual([...app.numbers.slice(0, 100), 150]);
  });

  it('keeps a limited number of dead letters, and counts those that were displaced', async () => {
    server.behave(({ body }) => (body.includes('poison') ? 422 : 200));
    const app = await scene.application({
      destinations: [platform.destination(server)],
      options: { deadLetters: { maxEvents: 5 } },
    });
    for (let round = 0; round < 12; round++) {
      app.track(1, { note: 'poison' });
      await scene.run(2 * SECOND);
      // A later success proves that the rejection was about the event.
      app.track(3);
      await scene.run(2 * SECOND);
    }
    await scene.until(app.idle);
    expect(app.lane()).toMatchObject({ dead: 5, dropped: { dead_letters_full: 7 }, delivered: 36 });
  });

  it('drops and counts events that are older than retry.maxAgeMs, and sends the others', async () => {
    await server.goDown();
    const app = await scene.application({
      destinations: [platform.destination(server)],
      options: { retry: { maxAgeMs: 60 * SECOND, maxDelayMs: 5 * SECOND } },
    });
    app.track(50);
    await scene.run(45 * SECOND);
    app.track(50);
    await scene.run(30 * SECOND);
    await server.comeUp();
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers.slice(50));
    expect(app.lane()).toMatchObject({ delivered: 50, dropped: { expired: 50 } });
  });
});

it('is idle while the maximum is in flight, and continues when some events are settled', async () => {
  const app = await scene.application({
    destinations: [WEBHOOK.destination(server, { concurrency: 8, batch: { maxEvents: 5 } })],
    options: { buffer: memory({ maxEvents: 40 }) },
  });
  server.behave('hang');
  app.track(40);
  await scene.run(5 * SECOND);
  expect(server.held).toBe(4);
  server.release(200, 1);
  await scene.settled();
  expect(server.held).toBe(4);
  server.behave(200);
  server.release();
  await scene.until(app.idle);
  expect(storedNumbers(server)).toEqual(app.numbers);
});

describe('two destinations, one of them failing for an hour', () => {
  const outages = [
    ['refuses connections', (broken: MisbehavingServer) => broken.goDown()],
    ['never answers', (broken: MisbehavingServer) => broken.behave('hang')],
    ['answers 500', (broken: MisbehavingServer) => broken.behave(500)],
    ['answers 401', (broken: MisbehavingServer) => broken.behave(401)],
    ['answers 400', (broken: MisbehavingServer) => broken.behave(400)],
    [
      'resets every third connection and answers 503',
      (broken: MisbehavingServer) => broken.behave(({ number }) => (number % 3 === 0 ? 'reset' : 503)),
    ],
  ] as const;
  const cases = outages.flatMap(([what, begin]) =>
    (['dropOldest', 'rejectNewest'] as const).map((onFull) => ({ what, begin, onFull })),
  );

  it.each(cases)(
    'the healthy one gets everything, once and in time, while the other $what ($onFull)',
    async ({ begin, onFull }) => {
      const healthy = await scene.server();
      const app = await scene.application({
        destinations: [
          WEBHOOK.destination(healthy, { name: 'healthy' }),
          WEBHOOK.destination(server, { name: 'broken', batch: { maxEvents: 50 } }),
          KISSMETRICS.destination(server, { name: 'also-broken' }),
        ],
        options: { buffer: memory({ maxEvents: 600, onFull }) },
      });
      await begin(server);
      const latest = new Map<number, number>();
      await scene.run(3_600 * SECOND, {
        ms: 10 * SECOND,
        run: () => {
          for (const n of app.track(20)) latest.set(n, scene.clock.monotonic() + SECOND);
        },
      });
      await scene.run(2 * SECOND);
      const { rejected, lanes } = app.stats();
      expect(rejected).toEqual({});
      expect(lanes['healthy']).toMatchObject({
        accepted: app.numbers.length,
        delivered: app.numbers.length,
        dropped: {},
        declined: {},
        retries: 0,
      });
      expect(storedNumbers(healthy)).toEqual(app.numbers);
      const late = healthy.requests.filter(({ at, events }) => events.some(({ n }) => at > latest.get(n)!));
      expect(late).toEqual([]);
      for (const name of ['broken', 'also-broken']) {
        const lane = lanes[name]!;
        expect(lane).toMatchObject({ delivered: 0, dead: 0 });
        expect(lane.pending).toBeGreaterThan(100);
        expect(lane.pending).toBeLessThanOrEqual(600);
        expect(lane.pending + total(lane.dropped) + total(lane.declined)).toBe(app.numbers.length);
      }
    },
  );
});
