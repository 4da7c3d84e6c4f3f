import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { TrackingModule } from '../../lib/tracking.module.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import type { Behaviour } from '../support/misbehaving-server.js';
import { PLATFORMS, WEBHOOK } from '../support/platforms.js';
import type { Platform } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;
/** The time of the last drain if late requests have used up the deadline. */
const LAST_DRAIN = 1 * SECOND;

let scene: Scene;
let server: MisbehavingServer;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
});

/** How long something takes, in virtual time. */
const lasting = async (promise: Promise<unknown>): Promise<number> => {
  const begin = scene.clock.monotonic();
  await scene.ended(promise);
  return scene.clock.monotonic() - begin;
};

describe.each(PLATFORMS)('$name()', (platform: Platform) => {
  const start = (shutdown?: { timeoutMs: number }): Promise<TrackedApplication> =>
    scene.application({
      destinations: [platform.destination(server)],
      options: shutdown === undefined ? {} : { shutdown },
    });
  const expectLost = (app: TrackedApplication, count: number, cause = ''): void => {
    expect(app.lane()).toMatchObject({ dropped: { closed: count }, pending: 0 });
    expect(scene.log.of('error').join('\n')).toContain(
      `Shut down with ${count} events not delivered to '${platform.name}'; with memory() they are lost. ${cause}`,
    );
  };

  it.each<[string, Behaviour, string]>([
    ['never answers', 'hang', ''],
    ['answers 500', 500, 'The destination was failing (answer 500). '],
    ['resets every connection', 'reset', 'The destination was failing ('],
  ])(
    'close() ends at its deadline while the collector %s, and the loss is counted and said',
    async (_, does, cause) => {
      const app = await start();
      server.behave(does);
      app.track(300);
      await scene.run(3 * SECOND);
      expect(await lasting(app.close())).toBe(10 * SECOND);
      expectLost(app, 300, cause);
    },
  );

  it.each([0, 1, 2_500])('close() ends after shutdown.timeoutMs: %i', async (timeoutMs) => {
    const app = await start({ timeoutMs });
    server.behave('hang');
    app.track(40);
    await scene.run(2 * SECOND);
    expect(await lasting(app.close())).toBe(timeoutMs);
    expectLost(app, 40);
  });

  it.each<[string, Behaviour, string]>([
    ['is parked', 401, 'The destination is parked (unauthorized, answer 401). '],
    [
      'must wait for Retry-After',
      { status: 429, headers: { 'retry-after': '60' } },
      'The platform asked to wait (Retry-After). ',
    ],
  ])('close() and flush() end at once where the lane %s', async (_, does, cause) => {
    const app = await start();
    server.behave(does);
    app.track(100);
    await scene.run(5 * SECOND);
    const { length } = server.requests;
    const flush = app.tracking.flush({ timeoutMs: 30 * SECOND });
    expect(await lasting(flush)).toBe(0);
    await expect(flush).resolves.toEqual({ delivered: 0, pending: 100, dead: 0, timedOut: false });
    expect(server.requests).toHaveLength(length);
    expect(await lasting(app.close())).toBe(0);
    expectLost(app, 100, cause);
  });

  it('close() delivers events that wait for a full batch or for a retry at once', async () => {
    const app = await start();
    await server.goDown();
    app.track(100);
    await scene.run(600 * SECOND);
    app.track(100);
    await server.comeUp();
    expect(await lasting(app.close())).toBe(0);
    expect(storedNumbers(server)).toEqual(app.numbers);
  });

  it('close() retries failed events at once', async () => {
    const app = await start();
    server.behave(503);
    app.track(1);
    await scene.until(() => server.requests.length === 1);
    await scene.settled();
    server.behave(200);
    expect(await lasting(app.close())).toBe(0);
    expect(storedNumbers(server)).toEqual(app.numbers);
  });

  it('flush() ends at its deadline while the collector hangs, and reports the pending events', async () => {
    const app = await start();
    server.behave(({ number }) => (number === 1 ? 200 : 'hang'));
    app.track(1);
    await scene.until(app.idle);
    app.track(60);
    const flush = app.tracking.flush({ timeoutMs: 700 });
    expect(await lasting(flush)).toBe(700);
    await expect(flush).resolves.toEqual({ delivered: 0, pending: 60, dead: 0, timedOut: true });
  });

  it('flush() sends at once, does not wait for later events, and counts', async () => {
    const app = await start();
    server.behave(({ body }) => (body.includes('poison') ? 400 : 200));
    app.track(9);
    app.track(1, { note: 'poison' });
    const flush = app.tracking.flush();
    server.behave(({ body }) => (body.includes('poison') ? 400 : 200));
    expect(await lasting(flush)).toBeLessThan(2 * SECOND);
    await expect(flush).resolves.toMatchObject({ delivered: 9, timedOut: false });
    expect(storedNumbers(server)).toEqual(app.numbers.slice(0, 9));
  });

  it('rejects calls after the shutdown, and none of them blocks or throws', async () => {
    const app = await start();
    app.track(5);
    await app.close();
    expect(app.tracking.track('Order Completed', {}, { userId: 'user' })).toBeUndefined();
    await expect(app.tracking.record('Order Completed', {}, { userId: 'user' })).resolves.toEqual({
      state: 'rejected',
      reason: 'closed',
    });
    expect(await lasting(app.tracking.flush())).toBe(0);
    expect(app.stats()).toMatchObject({ accepted: 5, rejected: { closed: 2 } });
    expect(storedNumbers(server)).toEqual(app.numbers.slice(0, 5));
  });

  it.each<[string, Behaviour]>([
    ['well', 200],
    ['hanging', 'hang'],
    ['refusing', 401],
    ['failing', 503],
    ['throttling', { status: 429, headers: { 'retry-after': '100' } }],
  ])('leaves no timer and no socket behind after close() with a collector that is %s', async (_, does) => {
    const app = await start();
    server.behave(does);
    app.track(200);
    await scene.run(4 * SECOND);
    await app.close();
    expect(scene.clock.count()).toBe(0);
    const quiet = (): boolean => server.openSockets === 0;
    for (let turn = 0; turn < 10_000 && !quiet(); turn++) await scene.settled();
    expect(server.openSockets).toBe(0);
  });
});

describe('work that ends late', () => {
  @Injectable()
  class LastJob implements OnModuleDestroy, OnApplicationShutdown {
    constructor(@Inject(TrackingService) private readonly tracking: TrackingService) {}

    onModuleDestroy(): void {
      this.track(0);
    }

    async onApplicationShutdown(): Promise<void> {
      this.track(1);
      await new Promise((resolve) => setImmediate(resolve));
      this.track(2);
    }

    private track(n: number): void {
      this.tracking.track('Job Finished', { n }, { userId: 'user' });
    }
  }

  @Module({ providers: [LastJob] })
  class JobsModule {}

  it('is delivered when a job ends in another module’s onApplicationShutdown, or counted', async () => {
    const app = await scene.application({
      destinations: [WEBHOOK.destination(server)],
      imports: [JobsModule],
    });
    await app.close();
    const { called, accepted, rejected } = app.stats();
    expect(called).toBe(3);
    expect(accepted + (rejected.closed ?? 0)).toBe(3);
    expect(storedNumbers(server)).toEqual([0, 1, 2].slice(0, accepted));
    expect(accepted).toBe(3);
  });

  let finish: () => void;
  @Controller()
  class SlowController {
    constructor(@Inject(TrackingService) private readonly tracking: TrackingService) {}

    @Get('slow')
    async slow(): Promise<string> {
      this.tracking.track('Began', { n: 0 }, { userId: 'user' });
      await new Promise<void>((resolve) => (finish = resolve));
      this.tracking.track('Ended', { n: 1 }, { userId: 'user' });
      return 'done';
    }
  }

  it('is delivered when a request hangs for the whole deadline of the shutdown', async () => {
    const app = await scene.application({
      destinations: [WEBHOOK.destination(server)],
      controllers: [SlowController],
    });
    const response = fetch(`${await app.url}/slow`, { headers: { connection: 'close' } });
    await scene.until(() => app.stats().called === 1);
    const closing = app.nest.close();
    // Events that were tracked earlier are not delayed by the request.
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual([0]);
    await scene.run(30 * SECOND);
    server.behave('hang');
    finish();
    expect(await (await response).text()).toBe('done');
    await scene.until(() => server.held === 1);
    // The collector takes a moment as well.
    await scene.run(LAST_DRAIN / 2);
    server.release();
    await scene.ended(closing);
    expect(storedNumbers(server)).toEqual([0, 1]);
  });

  it('gets a short time even then, and not more, when the collector hangs as well', async () => {
    const app = await scene.application({
      destinations: [WEBHOOK.destination(server)],
      controllers: [SlowController],
    });
    server.behave('hang');
    const response = fetch(`${await app.url}/slow`, { headers: { connection: 'close' } });
    await scene.until(() => app.stats().called === 1);
    const closing = app.nest.close();
    await scene.run(30 * SECOND);
    finish();
    await response;
    expect(await lasting(closing)).toBeLessThanOrEqual(LAST_DRAIN);
    expect(app.lane().dropped).toEqual({ closed: 2 });
  });
});

it('leaves no handle in the process after close(), by the real clock', async () => {
  const collector = await MisbehavingServer.start();
  const failing = await MisbehavingServer.start();
  failing.behave(503);
  const kinds = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
    return { timeouts: counts['Timeout'] ?? 0, sockets: counts['TCPSocketWrap'] ?? 0 };
  };
  const before = kinds();

  @Module({
    imports: [
      TrackingModule.forRoot({
        destinations: PLATFORMS.flatMap((platform) => [
          platform.destination(collector, { name: `${platform.name}-well` }),
          platform.destination(failing, { name: `${platform.name}-failing` }),
        ]),
        shutdown: { timeoutMs: 50 },
      }),
    ],
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const tracking = app.get(TrackingService);
  for (let n = 0; n < 50; n++) tracking.track('Order Completed', { n }, { userId: `user-${n}` });
  // Every request that can arrive has arrived when this returns, however busy the machine is.
  await tracking.flush({ timeoutMs: 25_000, destinations: PLATFORMS.map(({ name }) => `${name}-well`) });
  expect(kinds()['sockets']).toBeGreaterThan(before['sockets']!);
  await app.close();
  while (kinds()['sockets']! > before['sockets']! || kinds()['timeouts']! > before['timeouts']!) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(collector.stored).toHaveLength(50 * PLATFORMS.length);
  await collector.close();
  await failing.close();
});
