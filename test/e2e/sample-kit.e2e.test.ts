import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrackingService } from 'nestjs-tracking';
import { fakeDestination, overrideTracking, TestClock, trackingRecorder } from 'nestjs-tracking/testing';
import type { TrackingRecorder } from 'nestjs-tracking/testing';
import 'nestjs-tracking/testing/jest';
import request from 'supertest';
import { AppModule } from '../../sample-app/src/app.module.js';
import type { Account } from '../../sample-app/src/accounts/account.js';
import type { Order } from '../../sample-app/src/orders/order.js';
import { ShopConfig } from '../../sample-app/src/shop.config.js';

const JOURNAL = join(tmpdir(), `nestjs-tracking-sample-kit-${process.pid}`);
const VISITOR = 'yMnKy8zNzs/Q0dLT1NXW19jZ2ts=';

/** The sample shop as its own team would test it: its real module, with a journal, and without KISSmetrics. */
describe('the sample shop under the test kit', () => {
  const clock = new TestClock(new Date('2026-11-27T09:00:00Z'));
  const kissmetrics = fakeDestination({ name: 'kissmetrics' });
  let app: NestExpressApplication;
  let recorder: TrackingRecorder;
  let browser: ReturnType<typeof request.agent>;

  beforeEach(async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(ShopConfig)
      .useValue(new ShopConfig({ NESTJS_TRACKING_DIRECTORY: JOURNAL }));
    const module = await overrideTracking(builder, {
      clock,
      destinations: [kissmetrics.recover().clear()],
    }).compile();
    app = module.createNestApplication<NestExpressApplication>({ logger: false });
    await app.init();
    recorder = trackingRecorder(app);
    browser = request.agent(app.getHttpServer());
  });

  afterEach(async () => {
    await app.close();
    expect(existsSync(JOURNAL)).toBe(false);
  });

  async function signUp(): Promise<Account> {
    const answer = await browser
      .post('/accounts')
      .send({ name: 'Ada', email: 'ada@example.com', password: 'secret' })
      .expect(201);
    return answer.body as Account;
  }

  test('identifies a visitor by the cookie of KISSmetrics’ browser library', async () => {
    await browser
      .get('/products/teapot')
      .set('Cookie', `km_ai=${encodeURIComponent(VISITOR)}`)
      .expect(200);
    await recorder.settled();
    expect(recorder).toHaveTracked(
      'Product Viewed',
      {},
      { browserIds: { kissmetrics: { anonymousId: VISITOR } } },
    );
  });

  test('counts an order for its customer, with the data of the record', async () => {
    const { id } = await signUp();
    const { body } = await browser.post('/orders').send({ productId: 'mug', quantity: 2 }).expect(201);
    await recorder.settled();
    const order = body as Order;
    expect(recorder).toHaveTracked(
      'Order Completed',
      { order_id: order.id, name: 'Mug', quantity: 2, revenue: 24 },
      { userId: id, timestamp: new Date(order.placedAt) },
    );
    expect(recorder).toHaveTrackedTimes('Order Completed', 1);
  });

  test('counts nothing of an order that fails', async () => {
    await signUp();
    await recorder.settled();
    recorder.clear();
    await browser.post('/orders').send({ productId: 'mug', card: 'declined' }).expect(402);
    await browser.post('/orders').send({ productId: 'unicorn' }).expect(404);
    await recorder.settled();
    expect(recorder).not.toHaveTracked('Order Completed');
    expect(recorder.events).toEqual([]);
  });

  test('continues to sell while KISSmetrics is down, and sends the events afterwards', async () => {
    const { id } = await signUp();
    kissmetrics.goDown();
    await browser.post('/orders').send({ productId: 'mug' }).expect(201);
    await recorder.settled();
    await clock.advance(3_600_000);
    const { pending } = app.get(TrackingService).stats().lanes['kissmetrics']!;
    expect(pending).toBeGreaterThan(0);
    kissmetrics.recover();
    await clock.advance(120_000);
    expect(kissmetrics.received).toContainEqual(
      expect.objectContaining({ name: 'Order Completed', userId: id }),
    );
  });
});
