import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  EventsResponse,
  InvalidResponse,
  ListedEvent,
  PlatformCounts,
  StatsResponse,
} from '../../lib/collector/api/responses.js';
import type { Order } from '../../sample-app/src/orders/order.js';
import type { Renewal, Subscription } from '../../sample-app/src/subscriptions/subscription.js';
import { ACollector } from '../collector/a-collector.js';
import { SampleShop } from './sample-shop.js';

const VISITOR = 'yMnKy8zNzs/Q0dLT1NXW19jZ2ts=';
const KM_AI = `km_ai=${encodeURIComponent(VISITOR)}`;
const PAYMENT_SECRET = 'payment-provider-secret';

let collector: ACollector;
let shop: SampleShop;

beforeEach(async () => {
  collector = await ACollector.start();
  shop = await SampleShop.open(collector.url);
});

afterEach(async () => {
  await shop.app.close();
  await collector.close();
});

/** The latest events at the collector, newest first. */
async function received(wanted: Record<string, string> = {}): Promise<readonly ListedEvent[]> {
  const query = new URLSearchParams({ limit: '1000', ...wanted });
  return (await collector.get<EventsResponse>(`events?${query.toString()}`)).events;
}

/** The events in KISSmetrics: person, event, second. */
async function counted(name?: string) {
  await shop.settled();
  const events = await received({ kind: 'track', outcome: 'delivered', ...(name && { name }) });
  return events.map((event) => ({ person: event.userId, name: event.name, second: event.time! / 1_000 }));
}

async function counts(): Promise<PlatformCounts> {
  const { platforms } = await collector.get<StatsResponse>('stats');
  return platforms.find(({ platform }) => platform === 'kissmetrics')!;
}

function secondOf(date: unknown): number {
  return Math.floor(Date.parse(String(date)) / 1_000);
}

describe('the sample shop', () => {
  test('identifies a visitor by the cookie of the browser, and a customer by the account', async () => {
    const browser = shop.browser();
    await browser.get('/products/teapot').set('Cookie', KM_AI).expect(200);
    const { id } = await shop.customer('ada', browser);
    await pause(1_000);
    await browser.get('/products/teapot').expect(200);

    expect((await counted('Product Viewed')).map((event) => event.person)).toEqual([id, VISITOR]);
  });

  test('joins the visitor and the customer at sign-up, and sends the customer’s traits', async () => {
    const answer = await shop
      .browser()
      .post('/accounts')
      .set('Cookie', KM_AI)
      .send({ name: 'Ada', email: 'ada@example.com', password: 'secret', company: 'Engines' })
      .expect(201);
    const { id, createdAt } = answer.body as { id: string; createdAt: string };
    expect(answer.body).not.toHaveProperty('password');

    expect(await counted()).toEqual([{ person: id, name: 'Signed Up', second: secondOf(createdAt) }]);
    const [alias, ...otherAliases] = await received({ kind: 'alias' });
    expect(new Set([alias?.userId, alias?.name])).toEqual(new Set([id, VISITOR]));
    expect(otherAliases).toEqual([]);
    const properties = await received({ kind: 'identify' });
    expect(properties.map((each) => each.userId)).toEqual([id, id]);
    expect(Object.assign({}, ...properties.map((each) => each.properties))).toMatchObject({
      'Customer Since': createdAt.slice(0, 10),
      'Group - name': 'Engines',
    });
  });

  test('joins no person on a browser that KISSmetrics knows as another person', async () => {
    await shop
      .browser()
      .post('/accounts')
      .set('Cookie', `${KM_AI}; km_ni=grace`)
      .send({ name: 'Ada', email: 'ada@example.com', password: 'secret' })
      .expect(201);

    await counted();
    expect(await received({ kind: 'alias' })).toEqual([]);
  });

  test('reports an order as the record has it', async () => {
    const browser = shop.browser();
    const { id } = await shop.customer('ada', browser);
    const { body } = await browser.post('/orders').send({ productId: 'mug', quantity: 2 }).expect(201);
    const order = body as Order;

    expect(await counted('Order Completed')).toEqual([
      { person: id, name: 'Order Completed', second: secondOf(order.placedAt) },
    ]);
    expect((await received({ name: 'Order Completed' }))[0]?.properties).toEqual({
      order_id: order.id,
      product_id: 'mug',
      name: 'Mug',
      quantity: '2',
      revenue: '24',
      currency: 'EUR',
    });
  });

  test('reports nothing of an order that fails', async () => {
    const browser = shop.browser();
    await browser.post('/orders').send({ productId: 'mug' }).expect(401);
    await shop.customer('ada', browser);
    await browser.post('/orders').send({ productId: 'mug', card: 'declined' }).expect(402);
    await browser.post('/orders').send({ productId: 'unicorn' }).expect(404);
    await browser.post('/orders').send({ productId: 'mug', quantity: 0 }).expect(400);
    await browser.post('/orders').expect(404);

    expect((await counted()).map((event) => event.name)).toEqual(['Signed Up']);
  });

  test('reports nothing of an order that rolls back, though its coupon was redeemed before, and counts the held events', async () => {
    const browser = shop.browser();
    const { id } = await shop.customer('ada', browser);
    const order = { productId: 'mug', coupon: 'WELCOME' };
    await browser
      .post('/orders')
      .send({ ...order, card: 'declined' })
      .expect(402);
    expect((await counted()).map((event) => event.name)).toEqual(['Signed Up']);
    expect(shop.tracking.stats()).toMatchObject({ held: 0, suppressed: { rolled_back: 1 } });

    // The coupon was not used up: it is redeemed by the order that succeeds, and only once.
    await browser.post('/orders').send(order).expect(201);
    await browser.post('/orders').send(order).expect(409);
    const events = (await counted()).filter(({ person }) => person === id).map(({ name }) => name);
    expect(new Set(events)).toEqual(new Set(['Signed Up', 'Coupon Redeemed', 'Order Completed']));
    expect(events).toHaveLength(3);
    expect((await received({ name: 'Coupon Redeemed' }))[0]?.properties).toEqual({
      coupon: 'WELCOME',
      discount: '0.1',
    });
    expect(shop.tracking.stats().suppressed).toEqual({ rolled_back: 1 });
  });

  test('reports a refund of the customer, not of the admin who made it', async () => {
    const browser = shop.browser();
    const { id } = await shop.customer('ada', browser);
    const order = (await browser.post('/orders').send({ productId: 'lamp' })).body as Order;
    await browser.post(`/admin/orders/${order.id}/refund`).expect(403);
    const admin = await shop.admin();
    const { body } = await admin.post(`/admin/orders/${order.id}/refund`).expect(201);
    await admin.post(`/admin/orders/${order.id}/refund`).expect(409);

    expect(await counted('Order Refunded')).toEqual([
      {
        person: id,
        name: 'Order Refunded',
        second: secondOf((body as { refundedAt: string }).refundedAt),
      },
    ]);
  });

  test('reports a payment once, though its webhook comes twice and to two processes', async () => {
    const other = await SampleShop.open(collector.url);
    const payment = {
      id: 'p1',
      orderId: 'o1',
      customerId: 'ada',
      amount: 24,
      paidAt: '2026-03-01T10:00:00.500Z',
    };
    const submit = (to: SampleShop) =>
      to.browser().post('/webhooks/payments').set('x-payment-secret', PAYMENT_SECRET).send(payment);
    await Promise.all([submit(shop).expect(200), submit(shop).expect(200), submit(other).expect(200)]);
    await shop.browser().post('/webhooks/payments').send(payment).expect(401);
    await other.settled();

    expect(await counted()).toEqual([
      { person: 'ada', name: 'Payment Received', second: secondOf(payment.paidAt) },
    ]);
    expect(shop.tracking.stats()).toMatchObject({ called: 2, accepted: 1, duplicate: 1 });
    expect(await counts()).toMatchObject({ delivered: 1, duplicate: 1 });
    await other.app.close();
  });

  test('follows a subscription from trial to cancellation, also outside of requests', async () => {
    const browser = shop.browser();
    const { id } = await shop.customer('ada', browser);
    const trial = (await browser.post('/subscription').expect(201)).body as Subscription;
    await browser.post('/subscription').expect(409);
    const upgraded = (await browser.post('/subscription/upgrade').expect(201)).body as Subscription;
    await browser.post('/subscription/upgrade').expect(409);
    await pause(200);
    const cancelled = (await browser.delete('/subscription').expect(200)).body as Subscription & {
      event: string;
    };
    expect(cancelled.event).toBe('buffered');

    const renewals = (await (await shop.admin()).get('/admin/renewals').expect(200)).body as Renewal[];
    const renewed = (await counted('Subscription Renewed')).reverse();
    expect(renewals.length).toBeGreaterThan(0);
    // Months of 50 ms: the platform counts those of one second once.
    expect(renewed).toEqual(
      [...new Set(renewals.map((each) => secondOf(each.renewedAt)))].map((second) => ({
        person: id,
        name: 'Subscription Renewed',
        second,
      })),
    );
    expect(await counted('Trial Started')).toMatchObject([{ person: id, second: secondOf(trial.startedAt) }]);
    expect(await counted('Plan Upgraded')).toMatchObject([
      { person: id, second: secondOf(upgraded.changedAt) },
    ]);
    expect(await counted('Subscription Cancelled')).toMatchObject([
      { person: id, second: secondOf(cancelled.cancelledAt) },
    ]);
  });

  test('reports a sign-in of the one who signs in, and none with a wrong password', async () => {
    const browser = shop.browser();
    const { id, email } = await shop.customer('ada', browser);
    await browser.delete('/session').expect(204);
    await browser.post('/session').send({ email, password: 'wrong' }).expect(401);
    await browser.post('/session').expect(401);
    await browser.post('/accounts').expect(400);
    await browser.post('/session').send({ email, password: 'secret' }).expect(200);

    expect((await counted('Signed In')).map((event) => event.person)).toEqual([id]);
  });

  test('does not count staff who look at products', async () => {
    const admin = await shop.admin();
    await admin.get('/products/cake').expect(200);

    expect(await counted('Product Viewed')).toEqual([]);
    expect(shop.tracking.stats().suppressed).toEqual({ when: 1 });
  });

  test('delivers pending events before it closes', async () => {
    const browser = shop.browser();
    await shop.customer('ada', browser);
    await browser.post('/orders').send({ productId: 'mug' }).expect(201);
    await shop.app.close();

    const names = (await received({ kind: 'track' })).map((event) => event.name);
    expect(names.sort()).toEqual(['Order Completed', 'Signed Up']);
    const { called, accepted, lanes } = shop.tracking.stats();
    expect({ called, accepted, delivered: lanes['kissmetrics']?.delivered }).toEqual({
      called: 3,
      accepted: 3,
      delivered: 3,
    });
    expect((await collector.get<InvalidResponse>('invalid')).events).toEqual([]);
  });
});

describe('its storefront', () => {
  test('shows the products, and the signed-in user', async () => {
    const browser = shop.browser();
    const visited = await browser.get('/').expect(200);
    expect(visited.text).toContain('Teapot');
    expect(visited.text).toContain('Sign up');
    const { id } = await shop.customer('Ada', browser);
    await browser.post('/orders').send({ productId: 'mug' }).expect(201);
    const { text } = await browser.get('/').expect('content-type', /text\/html/);
    expect(text).toContain(`data-account="${id}"`);
    expect(text).toContain('Pay (webhook arrives twice)');
    expect(text).toContain('Start a trial');
    expect(text).toContain(collector.url);
  });

  test('offers refunds to the admin', async () => {
    const browser = shop.browser();
    await shop.customer('ada', browser);
    const order = (await browser.post('/orders').send({ productId: 'mug' }).expect(201)).body as Order;
    const { text } = await (await shop.admin()).get('/');
    expect(text).toContain(`/admin/orders/${order.id}/refund`);
  });

  test('never renders a name as markup', async () => {
    const browser = shop.browser();
    await browser
      .post('/accounts')
      .send({ name: '<script>alert(1)</script>', email: 'eve@example.com', password: 'secret' })
      .expect(201);
    const { text } = await browser.get('/');
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&#60;script&#62;alert(1)');
  });

  test('shows in its feed that the event of a failed order was rolled back, and a repeated payment', async () => {
    const browser = shop.browser();
    await shop.customer('ada', browser);
    const order = { productId: 'mug', coupon: 'WELCOME', card: 'declined' };
    await browser.post('/orders').send(order).expect(402);
    const { body } = await browser.get('/feed').expect(200);
    expect(body).toContainEqual(expect.objectContaining({ what: 'rolled_back', name: '1 call' }));

    const { id } = (await browser.post('/orders').send({ productId: 'mug' }).expect(201)).body as Order;
    await browser.post(`/pretend-provider/orders/${id}/pay-twice`).expect(201);
    const later = (await browser.get('/feed').expect(200)).body as { what: string }[];
    expect(later).toContainEqual(expect.objectContaining({ what: 'duplicate', name: '1 call' }));
    expect(later.filter(({ what }) => what === 'rolled_back')).toHaveLength(1);
  });

  test('simulates a payment provider that sends everything twice', async () => {
    const browser = shop.browser();
    const { id } = await shop.customer('ada', browser);
    const order = (await browser.post('/orders').send({ productId: 'mug' }).expect(201)).body as Order;
    const { body } = await browser.post(`/pretend-provider/orders/${order.id}/pay-twice`).expect(201);

    expect(body).toEqual({ answers: [200, 200] });
    expect(await counted('Payment Received')).toMatchObject([{ person: id }]);
    expect(shop.tracking.stats().duplicate).toBe(1);
  });

  test('shows events and never people in its feed', async () => {
    const { id } = await shop.customer('ada');
    await counted();
    const { body, text } = await shop.browser().get('/feed').expect(200);
    expect(body).toContainEqual(expect.objectContaining({ what: 'delivered', name: 'Signed Up' }));
    expect(text).not.toContain(id);
    await shop.browser().get('/admin/tracking').expect(403);
  });
});
