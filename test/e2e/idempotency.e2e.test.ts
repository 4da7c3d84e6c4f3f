import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Body,
  type CanActivate,
  ConflictException,
  Controller,
  type ExecutionContext,
  Get,
  HttpCode,
  Injectable,
  Module,
  Param,
  Post,
  Put,
  UseGuards,
} from '@nestjs/common';
import { Args, GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsAdapter } from '@nestjs/platform-ws';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { isKeyed } from '../../lib/event/tracking-event.js';
import {
  journal,
  Track,
  type TrackingEvent,
  type TrackingModuleOptions,
  TrackingService,
} from '../../lib/index.js';
import { Collector } from '../entry-points/collector.js';
import { expectAccounted } from '../support/accounting.js';
import { Gate, type Platform, platforms, TrackedApplication } from './track-application.js';

/** The payment, which a test simulates. */
const payment: { answer: () => Promise<void> | void } = { answer: () => undefined };

@Injectable()
class SignIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const args =
      context.getArgs<
        [
          { headers?: Record<string, string>; user?: object } | undefined,
          unknown,
          { req?: { headers: Record<string, string>; user?: object } }?,
        ]
      >();
    const request = context.getType<string>() === 'graphql' ? args[2]?.req : args[0];
    const person = request?.headers?.['authorization'];
    if (person !== undefined) request!.user = { id: person };
    return true;
  }
}

@Injectable()
class Orders {
  constructor(private readonly tracking: TrackingService) {}

  @Track('Order Placed')
  async place(): Promise<string> {
    await payment.answer();
    this.tracking.track('Item Bought', { line: 1 });
    this.tracking.track('Item Bought', { line: 2 });
    return 'order';
  }
}

@Controller('orders')
@UseGuards(SignIn)
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Post()
  @HttpCode(201)
  @Track('Order Completed', { properties: (order: string) => ({ order }) })
  create(): Promise<string> {
    return this.orders.place();
  }

  @Put(':id')
  @Track('Order Completed')
  update(@Param('id') id: string): string {
    return id;
  }

  @Post('webhook')
  @Track('Payment Received', {
    user: (_, { request }) => ({ userId: (request as { body: { customer: string } }).body.customer }),
  })
  webhook(@Body() _body: object): string {
    return 'thanks';
  }

  @Get()
  list(): string {
    return 'none';
  }
}

@Resolver()
@UseGuards(SignIn)
class OrdersResolver {
  @Mutation(() => String, { nullable: true })
  @Track('Order Completed', { properties: (_, { args }) => ({ sku: args[0] as string }) })
  async buy(@Args('sku') sku: string): Promise<string> {
    await payment.answer();
    if (soldOut.has(sku)) throw new ConflictException('sold out');
    return sku;
  }

  @Query(() => String)
  nothing(): string {
    return '';
  }
}
const soldOut = new Set<string>();

@WebSocketGateway()
class OrdersGateway {
  constructor(private readonly tracking: TrackingService) {}

  @SubscribeMessage('buy')
  buy(@MessageBody() person: string): { event: string; data: unknown } {
    return { event: 'bought', data: this.tracking.track('Order Completed', {}, { userId: person }) };
  }
}

@Module({ providers: [Orders], controllers: [OrdersController], exports: [Orders] })
class OrdersModule {}

let collector: Collector;
const open: TrackedApplication[] = [];

beforeEach(async () => {
  collector = await Collector.start();
  payment.answer = () => undefined;
  soldOut.clear();
});

afterEach(async () => {
  for (const application of open.splice(0)) await application.close();
  await collector.close();
});

interface Setup extends Partial<TrackingModuleOptions> {
  readonly graphql?: boolean;
}

async function start(platform: Platform, { graphql, ...options }: Setup): Promise<TrackedApplication> {
  const driver =
    platform === 'Express'
      ? GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          autoSchemaFile: true,
          allowBatchedHttpRequests: true,
        })
      : GraphQLModule.forRoot<MercuriusDriverConfig>({
          driver: MercuriusDriver,
          autoSchemaFile: true,
          allowBatchedQueries: true,
        });
  const application = await TrackedApplication.start(platform, {
    imports: [OrdersModule, ...(graphql === true ? [driver] : [])],
    providers: graphql === true ? [OrdersResolver] : [],
    options: { destinations: [collector.destination], redact: (event) => event, ...options },
  });
  open.push(application);
  return application;
}

interface Attempt {
  readonly person?: string;
  readonly key?: string;
  readonly method?: 'POST' | 'PUT';
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

type Sent = Parameters<TrackedApplication['request']>[1];

function sentOf({ person = 'ann', key, method = 'POST', headers, body }: Attempt): Sent {
  return {
    method,
    headers: {
      ...(person !== '' && { authorization: person }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

function send(
  application: TrackedApplication,
  path: string,
  attempt: Attempt,
): ReturnType<TrackedApplication['request']> {
  return application.request(path, sentOf(attempt));
}

async function delivered({ tracking }: TrackedApplication): Promise<readonly TrackingEvent[]> {
  const events = await collector.delivered(tracking);
  expectAccounted(tracking.stats());
  return events;
}

const namesOf = (events: readonly TrackingEvent[]): string[] => events.map(({ name }) => name).toSorted();
const ONE_ORDER = ['Item Bought', 'Item Bought', 'Order Completed', 'Order Placed'];

describe.each(platforms)('a client that repeats a POST, on %s', (platform) => {
  const header: Setup = { idempotency: { header: true } };

  test('counts no event twice: neither those of the handler nor those of its services', async () => {
    const application = await start(platform, header);
    for (let n = 0; n < 3; n++)
      expect(await send(application, '/orders', { key: 'k1' })).toMatchObject({ status: 201 });
    const events = await delivered(application);
    expect(namesOf(events)).toEqual(ONE_ORDER);
    expect(new Set(events.map(({ id }) => id)).size).toBe(4);
    for (const event of events) expect([isKeyed(event), event.userId]).toEqual([true, 'ann']);
    expect(application.stats).toMatchObject({ called: 12, accepted: 4, duplicate: 8 });
  });

  test('counts each time by default, and each time without a key or with another one', async () => {
    const off = await start(platform, {});
    for (let n = 0; n < 2; n++) await send(off, '/orders', { key: 'k1' });
    expect(off.stats).toMatchObject({ accepted: 8, duplicate: 0 });
    const on = await start(platform, header);
    for (const key of [undefined, undefined, 'a', 'b']) await send(on, '/orders', { ...(key && { key }) });
    expect(on.stats).toMatchObject({ accepted: 16, duplicate: 0 });
  });

  test('while its first attempt still runs: both handlers run, one order is counted', async () => {
    const application = await start(platform, header);
    const gates = [new Gate(), new Gate()];
    let running = 0;
    payment.answer = () => gates[running++]!.opened;
    const attempts = gates.map(() => send(application, '/orders', { key: 'k1' }));
    while (running < 2) await new Promise((resolve) => setImmediate(resolve));
    gates[1]!.open();
    gates[0]!.open();
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([201, 201]);
    expect(namesOf(await delivered(application))).toEqual(ONE_ORDER);
    expect(application.stats).toMatchObject({ accepted: 4, duplicate: 4 });
  });

  test('does not use up its key with a failed attempt', async () => {
    const application = await start(platform, header);
    payment.answer = () => Promise.reject(new ConflictException('refused'));
    expect(await send(application, '/orders', { key: 'k1' })).toMatchObject({ status: 409 });
    payment.answer = () => Promise.reject(new Error('the database is gone'));
    expect(await send(application, '/orders', { key: 'k1' })).toMatchObject({ status: 500 });
    expect(application.stats).toMatchObject({ called: 0 });
    // Without a person: rejected, and the key is not used up.
    payment.answer = () => undefined;
    await send(application, '/orders', { key: 'k1', person: '' });
    expect(application.stats).toMatchObject({ accepted: 0, rejected: { no_identity: 4 } });
    await send(application, '/orders', { key: 'k1' });
    expect(namesOf(await delivered(application))).toEqual(ONE_ORDER);
    expect(application.stats.duplicate).toBe(0);
  });

  test('suppresses no event of another person who sends the same key before or after', async () => {
    const application = await start(platform, header);
    for (const person of ['mallory', 'ann', 'mallory', 'ann'])
      await send(application, '/orders', { key: 'k1', person });
    expect(application.stats).toMatchObject({ accepted: 8, duplicate: 8 });
    const events = await delivered(application);
    expect(events.filter(({ userId }) => userId === 'ann')).toHaveLength(4);
  });

  test('is recognised by the route’s pattern, not its URL; another route is another event', async () => {
    const application = await start(platform, header);
    await send(application, '/orders', { key: 'k1' });
    for (const path of ['/orders/1', '/orders/1?again', '/orders/2']) {
      await send(application, path, { key: 'k1', method: 'PUT' });
    }
    expect(namesOf(await delivered(application))).toEqual([...ONE_ORDER, 'Order Completed'].toSorted());
    expect(application.stats.duplicate).toBe(2);
  });

  test('is recognised after a restart, with a journal', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'idempotency-'));
    try {
      for (let life = 0; life < 3; life++) {
        const application = await start(platform, {
          ...header,
          buffer: journal({ directory, fsync: 'off' }),
        });
        await send(application, '/orders', { key: 'k1' });
        expect(application.stats).toMatchObject(life === 0 ? { accepted: 4 } : { accepted: 0, duplicate: 4 });
        await application.tracking.flush();
        await open.pop()!.close();
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('interleaved with a thousand others, of persons with the same keys, counts once each', async () => {
    const application = await start(platform, header);
    payment.answer = () => new Promise((resolve) => setImmediate(resolve));
    const attempts = Array.from({ length: 1_000 }, (_, n) => ({
      person: `user-${n % 25}`,
      key: `k${(n >> 2) % 10}`,
    }));
    const distinct = new Set(attempts.map(({ person, key }) => `${person} ${key}`)).size;
    await Promise.all(
      attempts.map(async (attempt) => {
        const { body } = await application.send('/orders', sentOf(attempt));
        await body.text();
      }),
    );
    await application.answered();
    const events = await delivered(application);
    expect(events).toHaveLength(4 * distinct);
    expect(new Set(events.map(({ id }) => id)).size).toBe(4 * distinct);
    expect(application.stats).toMatchObject({ accepted: 4 * distinct, duplicate: 4 * (1_000 - distinct) });
  });
});

describe.each(platforms)('other repetitions, on %s', (platform) => {
  test('a webhook, by the id in its body', async () => {
    const application = await start(platform, {
      idempotency: { webhookId: (request: { body?: { id?: string } }) => request.body?.id },
    });
    const body = { id: 'evt_1', customer: 'ann' };
    for (const each of [body, body, { ...body, id: 'evt_2' }]) {
      await send(application, '/orders/webhook', { person: '', body: each });
    }
    expect(namesOf(await delivered(application))).toEqual(['Payment Received', 'Payment Received']);
    expect(application.stats).toMatchObject({ accepted: 2, duplicate: 1, notices: {} });
  });

  test('a browser’s own event has the same id here and there', async () => {
    const application = await start(platform, { idempotency: { eventId: 'x-event-id' } });
    const [id, mallorys] = [randomUUID(), randomUUID()];
    for (const [person, given] of [
      ['ann', id],
      ['ann', id],
      ['mallory', mallorys],
      ['bob', mallorys],
    ] as const) {
      await send(application, '/orders/7', { method: 'PUT', person, headers: { 'x-event-id': given } });
    }
    const events = await delivered(application);
    expect(events.map(({ userId, id: its }) => [userId, its])).toEqual([
      ['ann', id],
      ['mallory', mallorys],
      ['bob', expect.not.stringMatching(mallorys)],
    ]);
  });

  test('GraphQL: by its path in the answer, also if another field or operation failed at first', async () => {
    const application = await start(platform, { idempotency: { header: true }, graphql: true });
    const post = (body: unknown): Promise<unknown> => send(application, '/graphql', { key: 'k1', body });
    const aliased = { query: 'mutation { a: buy(sku: "apple") b: buy(sku: "berry") c: buy(sku: "apple") }' };
    soldOut.add('berry');
    await post(aliased);
    soldOut.clear();
    await post(aliased);
    await post(aliased);
    const events = await delivered(application);
    expect(events.map(({ properties }) => properties['sku'])).toEqual(['apple', 'apple', 'berry']);
    expect(application.stats.duplicate).toBe(5);

    const batch = ['x', 'y', 'z'].map((sku) => ({ query: `mutation { in_a_batch: buy(sku: "${sku}") }` }));
    await post(batch);
    await post(batch);
    const skus = (await delivered(application)).slice(3).map(({ properties }) => properties['sku']);
    expect(new Set(skus)).toEqual(new Set(['x', 'y', 'z']));
    expect(application.stats).toMatchObject({ accepted: 6, duplicate: 8 });
  });
});

test('the messages of a socket are not repetitions of its handshake', async () => {
  const application = await TrackedApplication.start('Express', {
    providers: [OrdersGateway],
    options: {
      destinations: [collector.destination],
      redact: (event) => event,
      idempotency: { header: true, eventId: 'x-event-id' },
    },
    configure: (app) => void app.useWebSocketAdapter(new WsAdapter(app)),
  });
  open.push(application);
  const url = (await application.app.getUrl()).replace('http', 'ws');
  const socket = new WebSocket(url, { headers: { 'idempotency-key': 'k1', 'x-event-id': randomUUID() } });
  await once(socket, 'open');
  const ids = new Set<unknown>();
  for (let n = 0; n < 3; n++) {
    socket.send(JSON.stringify({ event: 'buy', data: 'ann' }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    ids.add((JSON.parse(answer.toString()) as { data: unknown }).data);
  }
  socket.close();
  await once(socket, 'close');
  expect(ids.size).toBe(3);
  expect(await delivered(application)).toHaveLength(3);
  expect(application.stats.duplicate).toBe(0);
});
