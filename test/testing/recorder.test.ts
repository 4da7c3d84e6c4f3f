import type { INestApplication } from '@nestjs/common';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import request from 'supertest';
import { Track, TrackingService } from 'nestjs-tracking';
import { overrideTracking, trackingRecorder, TrackingTestingModule } from 'nestjs-tracking/testing';
import 'nestjs-tracking/testing/jest';
import { shopModule } from './shop.js';

const open: INestApplication[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

const platforms = ['Express', 'Fastify'] as const;

async function start(platform: (typeof platforms)[number], module: object = shopModule()) {
  const built = await overrideTracking(Test.createTestingModule({ imports: [module as never] })).compile();
  const app =
    platform === 'Express'
      ? built.createNestApplication()
      : built.createNestApplication(new FastifyAdapter());
  open.push(app);
  await app.init();
  if (platform === 'Fastify') await (app as NestFastifyApplication).getHttpAdapter().getInstance().ready();
  return { app, recorder: trackingRecorder(app), tracking: app.get(TrackingService) };
}

async function alone() {
  const module = await Test.createTestingModule({
    imports: [TrackingTestingModule.forRoot({ identity: null })],
  }).compile();
  return { recorder: trackingRecorder(module), tracking: module.get(TrackingService) };
}

describe.each(platforms)('the recorder of an application on %s', (platform) => {
  test('has the events of a request when the request is settled', async () => {
    const { app, recorder } = await start(platform);
    for (let n = 0; n < 20; n++) {
      await request(app.getHttpServer() as never)
        .post('/orders')
        .send({ id: `${n}`, total: 99.5 })
        .expect(201);
      await recorder.settled();
      expect(recorder).toHaveTrackedTimes('Order Completed', n + 1);
    }
    expect(recorder).toHaveTracked(
      'Order Completed',
      { orderId: '19', revenue: 99.5 },
      { userId: 'test-user', source: 'OrdersController.create' },
    );
  });

  test('reports why a request recorded nothing', async () => {
    const { app, recorder } = await start(platform);
    const server = app.getHttpServer() as never;
    const order = { id: '1', total: 1 };
    await request(server).post('/orders').send(order).expect(201);
    await request(server).post('/orders').send(order).expect(201);
    await request(server).get('/orders/broken').expect(200);
    await recorder.settled();
    expect(recorder.refused).toEqual([
      expect.objectContaining({
        state: 'duplicate',
        name: 'Order Completed',
        source: 'OrdersController.create',
      }),
      {
        state: 'rejected',
        reason: 'option_error',
        name: 'Never Seen',
        source: 'OrdersController.broken',
        error: new Error('of the option'),
      },
    ]);
  });

  test('is settled only when a streamed answer has ended', async () => {
    interface Answer {
      write(text: string): void;
      end(): void;
    }
    const answers: Answer[] = [];
    @Controller()
    class Downloads {
      @Get()
      @Track('Downloaded')
      download(@Res() response: Answer & { raw?: Answer; hijack?(): void }): void {
        response.hijack?.();
        const answer = response.raw ?? response;
        answer.write('first part, ');
        answers.push(answer);
      }
    }
    @Module({ imports: [TrackingTestingModule.forRoot()], controllers: [Downloads] })
    class AppModule {}
    const { app, recorder } = await start(platform, AppModule);
    await app.listen(0, '127.0.0.1');
    const response = await fetch(await app.getUrl());
    let isSettled = false;
    const settled = recorder.settled().then(() => (isSettled = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    expect(recorder).not.toHaveTracked('Downloaded');
    answers[0]!.end();
    await settled;
    expect(recorder).toHaveTracked('Downloaded');
    expect(await response.text()).toBe('first part, ');
  });
});

test('the recorder has the events of Fastify’s inject()', async () => {
  const { app, recorder } = await start('Fastify');
  await (app as NestFastifyApplication).inject({
    method: 'POST',
    url: '/orders',
    payload: { id: '7', total: 1 },
  });
  await recorder.settled();
  expect(recorder).toHaveTracked('Order Completed', { orderId: '7' });
});

describe('the recorder', () => {
  test('is complete as soon as track() returns, for every type of event', async () => {
    const { recorder, tracking } = await alone();
    const who = { userId: 'ann' };
    expect(recorder.last).toBeUndefined();
    tracking.track('Seen', { page: '/' }, who);
    expect(recorder.last).toMatchObject({ type: 'track', name: 'Seen', properties: { page: '/' } });
    tracking.identify({ plan: 'pro' }, who);
    tracking.group('acme', { seats: 5 }, who);
    tracking.alias('visitor-1', 'ann');
    expect(recorder.events.map(({ type }) => type)).toEqual(['track', 'identify', 'group', 'alias']);
    expect(recorder.named('group')).toEqual([expect.objectContaining({ groupId: 'acme' })]);
    expect(recorder.last).toMatchObject({ userId: 'ann', previousId: 'visitor-1' });
  });

  test('keeps plain objects, in lists that do not change later', async () => {
    const { recorder, tracking } = await alone();
    const before = recorder.events;
    tracking.track('Seen', {}, { userId: 'ann', timestamp: 1_750_000_000_000 });
    expect(before).toEqual([]);
    expect(Object.getPrototypeOf(recorder.last)).toBe(Object.prototype);
    expect(recorder.last).toStrictEqual({
      id: expect.any(String),
      type: 'track',
      name: 'Seen',
      timestamp: 1_750_000_000_000,
      acceptedAt: expect.any(Number),
      userId: 'ann',
      properties: {},
      lanes: ['test'],
    });
  });

  test('knows rejected, suppressed and duplicate calls, with the reason', async () => {
    const { recorder, tracking } = await alone();
    const who = { userId: 'ann' };
    tracking.track('Nobody');
    tracking.track('', {}, who);
    tracking.group(undefined as never, {}, who);
    tracking.track('Paid', {}, { ...who, key: 1, timestamp: 1_750_000_000_000 });
    tracking.track('Paid', {}, { ...who, key: 1, timestamp: 1_750_000_000_000 });
    tracking.track(
      'Hostile',
      {},
      {
        get userId(): string {
          throw new Error('of the getter');
        },
      },
    );
    expect(recorder.refused).toEqual([
      { state: 'rejected', reason: 'no_identity', name: 'Nobody', type: 'track' },
      { state: 'rejected', reason: 'invalid_name', name: '', type: 'track' },
      { state: 'rejected', reason: 'invalid_id', name: 'group', type: 'group' },
      { state: 'duplicate', name: 'Paid', type: 'track', event: expect.objectContaining({ userId: 'ann' }) },
      expect.objectContaining({ state: 'rejected', reason: 'unserialisable', name: 'Hostile' }),
    ]);
    const { called, accepted } = tracking.stats();
    expect(called).toBe(accepted + recorder.refused.length);
  });

  test('has held events when their hold ends, and rolled back events among the refused calls', async () => {
    const { recorder, tracking } = await alone();
    await tracking.hold(() => {
      tracking.track('Kept', {}, { userId: 'ann' });
      expect(recorder.events).toEqual([]);
    });
    expect(recorder).toHaveTracked('Kept');
    const failing = tracking.hold(() => {
      tracking.track('Dropped', {}, { userId: 'ann' });
      throw new Error('of the transaction');
    });
    await expect(failing).rejects.toThrow('of the transaction');
    expect(recorder).not.toHaveTracked('Dropped');
    expect(recorder.refused).toEqual([
      expect.objectContaining({ state: 'suppressed', reason: 'rolled_back', name: 'Dropped' }),
    ]);
  });

  test('reports calls after the shutdown', async () => {
    const module = await Test.createTestingModule({ imports: [TrackingTestingModule.forRoot()] }).compile();
    const tracking = module.get(TrackingService);
    await module.close();
    tracking.track('Late');
    expect(trackingRecorder(module).refused).toEqual([
      expect.objectContaining({ reason: 'closed', name: 'Late' }),
    ]);
  });

  test('forgets events, and keeps used keys', async () => {
    const { recorder, tracking } = await alone();
    const paid = () => tracking.track('Paid', {}, { userId: 'ann', key: 1, timestamp: 1_750_000_000_000 });
    paid();
    tracking.track('Nobody');
    recorder.clear();
    expect([recorder.events, recorder.refused, recorder.last]).toEqual([[], [], undefined]);
    paid();
    expect(recorder.refused.map(({ state }) => state)).toEqual(['duplicate']);
  });

  test('waits for an event of work that continues', async () => {
    const { recorder, tracking } = await alone();
    const waiting = recorder.waitFor('Invoice Sent');
    tracking.track('Seen', {}, { userId: 'ann' });
    const id = tracking.track('Invoice Sent', {}, { userId: 'ann' });
    expect((await waiting).id).toBe(id);
    expect((await recorder.waitFor('Invoice Sent')).id).toBe(id);
  });

  test('times out, and shows the recorded events', async () => {
    const { recorder, tracking } = await alone();
    tracking.track('Seen', {}, { userId: 'ann' });
    tracking.track('Invoice Sent');
    await expect(recorder.waitFor('Invoice Sent', { timeoutMs: 1 })).rejects.toThrow(
      "No event 'Invoice Sent' was tracked within 1 ms.\nTracked: 'Seen'.\nNot recorded: 'Invoice Sent' (rejected: no_identity).",
    );
  });

  test('and the end of an application are independent of a runner’s fake timers', async () => {
    jest.useFakeTimers();
    try {
      const { app, recorder, tracking } = await start('Express');
      tracking.track('Seen');
      await recorder.settled();
      await app.close();
      expect(tracking.stats().lanes).toMatchObject({
        webhook: { delivered: 1 },
        kissmetrics: { delivered: 1 },
      });
    } finally {
      jest.useRealTimers();
    }
  });
});
