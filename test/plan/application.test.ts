import { afterEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, HttpException, Injectable, type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Observable, of } from 'rxjs';
import request from 'supertest';
import { z } from 'zod';
import {
  defineTrackingPlan,
  Track,
  TrackingModule,
  TrackingService,
  type OnInvalid,
  type TrackingEvent,
} from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';
import { RecordedLog } from '../support/recorded-log.js';

let asked = 0;
const plan = defineTrackingPlan(
  {
    'Order Completed': z
      .object({ orderId: z.string(), placedAt: z.date(), coupon: z.string().optional() })
      .refine(() => {
        asked++;
        return true;
      }),
    'Signed Out': z.strictObject({}),
  },
  { identify: z.object({ plan: z.enum(['free', 'pro']) }), group: z.object({ seats: z.number() }) },
);
const PLACED_AT = new Date('2026-11-23T15:00:00Z');

interface Order {
  orderId: unknown;
  placedAt: Date;
  coupon?: unknown;
}
const properties = (order: Order): Order => ({ ...order });

@Controller()
class OrdersController {
  @Get('good')
  @Track('Order Completed', { properties })
  good(): Order {
    return { orderId: 'o-1', placedAt: PLACED_AT };
  }

  @Get('bad')
  @Track('Order Completed', { properties })
  bad(): Order {
    return { orderId: 'o-1', placedAt: PLACED_AT, coupon: 'SECRET'.length };
  }

  @Get('failed')
  @Track('Order Completed', { properties: { coupon: 1 } })
  failed(): void {
    throw new HttpException('no', 409);
  }

  @Get('nothing')
  @Track('Signed Out')
  nothing(): string {
    return 'bye';
  }

  @Get('unlisted')
  @Track('Ordr')
  unlisted(): string {
    return 'hm';
  }
}

@Injectable()
class OrdersService {
  @Track('Order Completed', { properties })
  now(order: Order): Order {
    return order;
  }

  @Track('Order Completed', { properties, durable: true })
  async surely(order: Order): Promise<Order> {
    return order;
  }

  @Track('Order Completed', { properties })
  stream(order: Order): Observable<Order> {
    return of(order);
  }
}

let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(onInvalid: OnInvalid | undefined, platform = 'Express') {
  asked = 0;
  const events: TrackingEvent[] = [];
  const log = new RecordedLog();
  const testing = await Test.createTestingModule({
    imports: [
      TrackingModule.forRoot({
        destinations: [{ name: 'nowhere', encode: () => ({ method: 'POST', url: 'http://127.0.0.1:9' }) }],
        identity: { fallback: { userId: 'somebody' } },
        plan,
        ...(onInvalid && { onInvalid }),
        redact(event) {
          events.push(event);
          return undefined;
        },
      }),
    ],
    controllers: [OrdersController],
    providers: [OrdersService],
  })
    .setLogger(log)
    .compile();
  const nest =
    platform === 'Fastify'
      ? testing.createNestApplication(new FastifyAdapter())
      : testing.createNestApplication();
  app = nest;
  await nest.listen(0, '127.0.0.1');
  const tracking = nest.get(TrackingService);
  return {
    events,
    tracking,
    orders: nest.get(OrdersService),
    warnings: () => log.of('warn').filter((line) => line.includes('plan')),
    /** Sends a request and waits for the end of the response. The code after it runs in the same turn, or soon after. */
    get: async (path: string, called: number) => {
      await request(nest.getHttpServer() as never).get(path);
      while (tracking.stats().called < called) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe.each(['Express', 'Fastify'])('handlers on %s', (platform) => {
  test('are checked once, and before their properties become JSON', async () => {
    const { get, events, tracking } = await start('reject', platform);
    await get('/good', 1);
    expect(asked).toBe(1);
    expect(events).toMatchObject([{ properties: { orderId: 'o-1', placedAt: PLACED_AT.toISOString() } }]);
    await get('/nothing', 2);
    expect(events).toHaveLength(2);
    expect(tracking.stats().plan).toEqual({ violations: 0, unlisted: 0, places: [] });
    expectAccounted(tracking.stats());
  });

  test('are rejected with their place', async () => {
    const { get, events, tracking, warnings } = await start('reject', platform);
    await get('/bad', 1);
    await get('/bad', 2);
    await get('/unlisted', 3);
    expect(events).toEqual([]);
    const stats = tracking.stats();
    expect(stats.rejected).toMatchObject({ invalid_properties: 2, not_in_plan: 1 });
    expect(stats.notices.plan_violation).toBe(3);
    expect(stats.plan).toEqual({
      violations: 2,
      unlisted: 1,
      places: [
        { event: 'Order Completed', path: 'coupon', source: 'OrdersController.bad', count: 2 },
        { event: 'Ordr', path: null, source: 'OrdersController.unlisted', count: 1 },
      ],
    });
    expectAccounted(stats);
    // The place and the outcome, in one line.
    expect(warnings()).toEqual([
      expect.stringMatching(
        /'Order Completed' of OrdersController\.bad .*`coupon` does not, got a number\. It was rejected\./,
      ),
      expect.stringMatching(/'Ordr' of OrdersController\.unlisted .*It was rejected\./),
    ]);
  });

  test('an event that is not recorded is counted nowhere', async () => {
    const { get, tracking } = await start('warn', platform);
    await get('/failed', 0);
    await get('/good', 1);
    expect(tracking.stats()).toMatchObject({ called: 1, plan: { violations: 0 } });
  });
});

test('every other decorated method is checked in the same way, once', async () => {
  const { orders, events, tracking } = await start('strip');
  const order = { orderId: 'o-1', placedAt: PLACED_AT, coupon: 5, more: 'x' };
  orders.now(order);
  await orders.surely(order);
  orders.stream(order).subscribe();
  const kept = { orderId: 'o-1', placedAt: PLACED_AT.toISOString() };
  expect(events.map((event) => event.properties)).toEqual([kept, kept, kept]);
  expect(tracking.stats().plan!.places).toEqual(
    ['now', 'surely', 'stream'].map((method) => ({
      event: 'Order Completed',
      path: 'coupon',
      source: `OrdersService.${method}`,
      count: 1,
    })),
  );
  expect(order).toEqual({ orderId: 'o-1', placedAt: PLACED_AT, coupon: 5, more: 'x' });
  expectAccounted(tracking.stats());
});

test('events of the service are checked, by default with a warning', async () => {
  const { tracking, events } = await start(undefined);
  tracking.track('Order Completed', { orderId: 'o-1', placedAt: PLACED_AT });
  expect(asked).toBe(1);
  tracking.track('Order Completed', { orderId: 'o-1', placedAt: 'yesterday' });
  expect(await tracking.record('Nope')).toMatchObject({ state: 'suppressed', reason: 'redacted' });
  tracking.identify({ plan: 'gold' });
  tracking.identify({ plan: 'pro' });
  tracking.group('g-1', { seats: 'many' });
  tracking.group('g-1', { seats: 5 });
  tracking.alias('a', 'b');
  expect(events).toHaveLength(8);
  expect(tracking.stats().plan).toEqual({
    violations: 3,
    unlisted: 1,
    places: [
      { event: 'Order Completed', path: 'placedAt', source: null, count: 1 },
      { event: 'Nope', path: null, source: null, count: 1 },
      { event: 'identify', path: 'plan', source: null, count: 1 },
      { event: 'group', path: 'seats', source: null, count: 1 },
    ],
  });
  expectAccounted(tracking.stats());
});

test.each(['reject', 'strip'] as const)('traits are checked against the plan (%s)', async (onInvalid) => {
  const { tracking, events } = await start(onInvalid);
  tracking.identify({ plan: 'gold', more: 1 });
  tracking.group('g-1', { seats: 5, more: 1 });
  if (onInvalid === 'reject') {
    expect(tracking.stats().rejected.invalid_properties).toBe(1);
    expect(events.map((event) => event.properties)).toEqual([{ seats: 5, more: 1 }]);
  } else expect(events.map((event) => event.properties)).toEqual([{ seats: 5 }]);
  expectAccounted(tracking.stats());
});

test('without a plan nothing is reported', async () => {
  const module = await Test.createTestingModule({
    imports: [
      TrackingModule.forRoot({
        destinations: [{ name: 'nowhere', encode: () => ({ method: 'POST', url: 'http://127.0.0.1:9' }) }],
        enabled: false,
      }),
    ],
  }).compile();
  expect(module.get(TrackingService).stats().plan).toBeNull();
  await module.close();
});

test.each([
  [{ plan: {} }, 'plan'],
  [{ plan: { events: { a: 1 }, traits: {} } }, 'plan'],
  [{ plan, onInvalid: 'ignore' }, 'onInvalid'],
])('a bad option fails at start: %j', async (options, option) => {
  const start = Test.createTestingModule({
    imports: [
      TrackingModule.forRoot({
        destinations: [{ name: 'nowhere', encode: () => ({ method: 'POST', url: 'http://127.0.0.1:9' }) }],
        ...(options as object),
      }),
    ],
  }).compile();
  await expect(start).rejects.toMatchObject({ code: 'TRACKING_CONFIG', option });
});
