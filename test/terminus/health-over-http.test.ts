import { Controller, Get, Inject, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { TrackingHealthIndicator } from 'nestjs-tracking/terminus';
import { memory } from '../../lib/buffer/memory/memory.js';
import { customDestination } from '../support/custom-destination.js';
import { JournalDisk } from '../support/journal-disk.js';
import { KISSMETRICS, WEBHOOK } from '../support/platforms.js';
import { Scene } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

@Controller()
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(TrackingHealthIndicator) private readonly tracking: TrackingHealthIndicator,
  ) {}

  @Get('health')
  @HealthCheck()
  check() {
    return this.health.check([() => this.tracking.isHealthy('tracking')]);
  }

  @Get('strict')
  @HealthCheck()
  strict() {
    return this.health.check([() => this.tracking.isHealthy('tracking', { onDegraded: 'down' })]);
  }

  @Get('quiet')
  @HealthCheck()
  quiet() {
    return this.health.check([() => this.tracking.isHealthy('tracking', { onDegraded: 'up' })]);
  }

  @Get('disk')
  @HealthCheck()
  disk() {
    return this.health.check([
      () => this.tracking.isHealthy('disk', { onDegraded: 'down', watch: ['journal'] }),
    ]);
  }
}

@Module({
  imports: [TerminusModule.forRoot({ errorLogStyle: 'json' })],
  controllers: [HealthController],
  providers: [TrackingHealthIndicator],
})
class HealthModule {}

const HOUR_MS = 3_600_000;
let scene: Scene;

async function health(application: TrackedApplication, path = 'health') {
  const response = await fetch(`${await application.url}/${path}`);
  const body = (await response.json()) as {
    status: string;
    details: Record<string, { status: string; problems?: { kind: string; destination?: string }[] }>;
  };
  const [details] = Object.values(body.details);
  return {
    code: response.status,
    overall: body.status,
    status: details!.status,
    problems: (details!.problems ?? []).map(({ kind, destination }) => [kind, destination]),
    details,
    text: JSON.stringify(body),
  };
}

beforeEach(() => {
  scene = new Scene();
});

const served = { imports: [HealthModule], controllers: [] };

test('an application that delivers is up, and shows the counts of each destination', async () => {
  const server = await scene.server();
  const application = await scene.application({
    destinations: [customDestination(server), customDestination(server, { name: 'other' })],
    ...served,
  });
  application.track(3);
  await scene.until(application.idle);
  const { code, overall, details } = await health(application);
  expect([code, overall]).toEqual([200, 'ok']);
  const idle = { pending: 0, oldestPendingMs: null, parked: null, dead: 0, dropped: 0 };
  expect(details).toEqual({ status: 'up', destinations: { custom: idle, other: idle } });
});

describe('a platform that refuses the key', () => {
  let application: TrackedApplication;
  const SECRET = 'f'.repeat(40);

  beforeEach(async () => {
    const server = await scene.server();
    server.behave(() => ({ status: 401, body: `no such key ${SECRET}` }));
    application = await scene.application({ destinations: [KISSMETRICS.destination(server)], ...served });
    application.tracking.track('Order Completed', { card: '4111-1111' }, { userId: 'ann@shop.example' });
    await scene.until(() => application.lane().parked !== null);
  });

  test('degrades the application, which still answers 200', async () => {
    const { code, overall, status, problems } = await health(application);
    expect({ code, overall, status, problems }).toEqual({
      code: 200,
      overall: 'degraded',
      status: 'degraded',
      problems: [['parked', 'kissmetrics']],
    });
  });

  test('takes it out of rotation only if the option is set', async () => {
    expect(await health(application, 'strict')).toMatchObject({
      code: 503,
      overall: 'error',
      status: 'down',
    });
    expect(await health(application, 'quiet')).toMatchObject({ code: 200, overall: 'ok', status: 'up' });
  });

  test('is reported without ids, keys and properties', async () => {
    const { text } = await health(application, 'strict');
    expect(text).toContain("'kissmetrics' is parked (unauthorized)");
    for (const secret of [SECRET, '4111', 'ann', 'Order']) expect(text).not.toContain(secret);
  });
});

test('a destination that rejects everything from its first event degrades it until it delivers', async () => {
  const server = await scene.server();
  server.behave({ status: 400, body: JSON.stringify({ code: 'bad_schema', message: 'no member of ann' }) });
  const application = await scene.application({ destinations: [WEBHOOK.destination(server)], ...served });
  application.tracking.track('Order Completed', {}, { userId: 'ann' });
  await scene.until(() => server.requests.length === 1);
  await scene.settled();
  const { code, overall, problems, details, text } = await health(application);
  expect({ code, overall, problems }).toEqual({
    code: 200,
    overall: 'degraded',
    problems: [['refused', 'webhook']],
  });
  expect(details).toMatchObject({
    destinations: { webhook: { lastRefusal: { status: 400, answer: '400 bad_schema', count: 1 } } },
  });
  expect(text).not.toContain('ann');
  server.behave(200);
  await scene.until(application.idle);
  expect(await health(application)).toMatchObject({ overall: 'ok', problems: [] });
});

test('a journal with events of a destination that is not configured any more degrades it', async () => {
  const disk = new JournalDisk(scene);
  const server = await scene.server();
  const [kept, removed] = ['kept', 'removed'].map((name) =>
    customDestination(server, { name, account: [name] }),
  );
  server.behave(() => 503);
  const options = { buffer: disk.journal() };
  const before = await scene.application({ destinations: [kept!, removed!], options });
  before.track(2);
  await scene.run(60_000);
  await scene.ended(before.close());
  const application = await scene.application({ destinations: [kept!], options, ...served });
  await scene.until(() => application.stats().journal!.stranded.some(({ events }) => events === 2));
  const { overall, problems, text } = await health(application);
  expect({ overall, problems }).toEqual({ overall: 'degraded', problems: [['stranded', undefined]] });
  expect(text).toContain('2 events in the journal are not delivered by any process.');
});

test('a platform that is down degrades it once its events have been pending for too long, and not before', async () => {
  const server = await scene.server();
  server.behave(() => 503);
  const application = await scene.application({ destinations: [WEBHOOK.destination(server)], ...served });
  application.track(1);
  await scene.run(14 * 60_000);
  expect(await health(application)).toMatchObject({ overall: 'ok', problems: [] });
  await scene.run(2 * 60_000);
  expect(await health(application)).toMatchObject({
    code: 200,
    overall: 'degraded',
    problems: [['backlog', 'webhook']],
  });
  server.behave(() => 200);
  await scene.until(application.idle);
  expect(await health(application)).toMatchObject({ overall: 'ok', problems: [] });
});

test('a buffer that loses events degrades it, for ten minutes', async () => {
  const server = await scene.server();
  server.behave(() => 503);
  const application = await scene.application({
    destinations: [WEBHOOK.destination(server)],
    options: { buffer: memory({ maxEvents: 10 }) },
    ...served,
  });
  application.track(12);
  expect(await health(application)).toMatchObject({ overall: 'degraded', problems: [['loss', 'webhook']] });
  server.behave(200);
  await scene.run(10 * 60_000);
  expect(await health(application)).toMatchObject({ overall: 'ok', problems: [] });
});

test('a disk that rejects writes degrades it, and may be the only watched kind', async () => {
  const disk = new JournalDisk(scene);
  const server = await scene.server();
  server.behave(() => 401);
  const application = await scene.application({
    destinations: [WEBHOOK.destination(server)],
    options: { buffer: disk.journal() },
    ...served,
  });
  expect(await health(application, 'disk')).toMatchObject({ code: 200, status: 'up' });
  disk.files.limitFree(0);
  application.track(1);
  await scene.until(() => application.stats().journal?.state === 'failing', HOUR_MS);
  await scene.until(() => application.lane().parked !== null, HOUR_MS);
  expect(await health(application, 'disk')).toMatchObject({ code: 503, problems: [['journal', undefined]] });
  expect((await health(application)).details).toMatchObject({
    journal: { state: 'failing', cause: 'ENOSPC' },
  });
});
