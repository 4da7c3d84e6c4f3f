import { afterEach, describe, expect, test } from '@jest/globals';
import { BullModule, InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import {
  Controller,
  type INestApplication,
  type INestMicroservice,
  Injectable,
  Module,
  type ModuleMetadata,
  Post,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CommandHandler, CqrsModule, EventBus, EventsHandler, ofType, Saga } from '@nestjs/cqrs';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { Interval, ScheduleModule, Timeout } from '@nestjs/schedule';
import type { Job, Queue } from 'bullmq';
import type { AddressInfo, Server } from 'node:net';
import { lastValueFrom, map, type Observable, tap } from 'rxjs';
import {
  fromRequestUser,
  type Identity,
  type IdentityOptions,
  RunAs,
  Track,
  type TrackingEvent,
  TrackingModule,
  TrackingService,
} from 'nestjs-tracking';
import { Collector } from '../../entry-points/collector.js';
import { leftOut } from '../../entry-points/left-out.js';
import { bullmq } from '../../entry-points/stands/bullmq.js';
import { RedisServer } from '../../entry-points/stands/redis-server.js';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

interface Parts extends ModuleMetadata {
  readonly identity?: IdentityOptions;
}

async function moduleOf({ identity, imports = [], ...parts }: Parts): Promise<[Type, Collector]> {
  const collector = await Collector.start();
  toClose.push(() => collector.close());
  @Module({
    imports: [
      TrackingModule.forRoot({ destinations: [collector.destination], ...(identity && { identity }) }),
      ...imports,
    ],
    ...parts,
  })
  class App {}
  return [App, collector];
}

/** An application over HTTP, whose requests name the signed-in user themselves. */
async function shop(parts: Parts): Promise<Shop> {
  const [App, collector] = await moduleOf(parts);
  const app = await NestFactory.create(App, { logger: false });
  app.use((request: SignedIn, _response: unknown, next: () => void) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) request.user = { id: authorization };
    next();
  });
  await app.listen(0, '127.0.0.1');
  toClose.push(() => app.close());
  return new Shop(app, collector);
}

interface SignedIn {
  user?: object;
  readonly headers: { readonly authorization?: string };
}

class Shop {
  constructor(
    readonly app: INestApplication,
    private readonly collector: Collector,
  ) {}

  async post(path: string, person: string): Promise<string> {
    const answer = await fetch(`${await this.app.getUrl()}${path}`, {
      method: 'POST',
      headers: { authorization: person },
    });
    return answer.text();
  }

  async seen(): Promise<(string | undefined)[][]> {
    const events = await this.collector.delivered(this.app.get(TrackingService));
    return events.toSorted(byNameAndPerson).map(({ name, userId, source }) => [name, userId, source]);
  }
}

function byNameAndPerson(one: TrackingEvent, other: TrackingEvent): number {
  return one.name.localeCompare(other.name) || String(one.userId).localeCompare(String(other.userId));
}

class Signal<T = void> {
  give!: (value: T) => void;
  readonly given = new Promise<T>((resolve) => (this.give = resolve));
}

describe('a job of a queue', () => {
  const missing = leftOut(bullmq);
  const check = missing === undefined ? test : test.skip;

  interface Invoice {
    readonly number: number;
    readonly identity?: Identity;
  }

  check('is done as whom its payload names, however often it is tried', async () => {
    const redis = await RedisServer.start();
    toClose.push(() => redis.stop());
    const ended: string[] = [];
    const allEnded = new Signal();

    @Controller()
    class OrdersController {
      constructor(
        @InjectQueue('invoices') private readonly invoices: Queue<Invoice>,
        private readonly tracking: TrackingService,
      ) {}

      @Post('orders')
      @Track('Order Completed')
      async create(): Promise<void> {
        await this.invoices.add(
          'send',
          { number: 7, identity: this.tracking.identity()! },
          { attempts: 3, backoff: { type: 'fixed', delay: 1 } },
        );
      }
    }

    @Processor('invoices')
    class InvoicesProcessor extends WorkerHost {
      constructor(private readonly tracking: TrackingService) {
        super();
      }

      @RunAs((job: Job<Invoice>) => job.data.identity)
      @Track('Invoice Sent', {
        properties: (number: number) => ({ number }),
        key: (number: number) => number,
        timestamp: 1_750_000_000_000,
      })
      async process(job: Job<Invoice>): Promise<number> {
        this.tracking.track('Invoice Attempted');
        if (job.attemptsMade < 2) throw new Error('the printer is on fire');
        return job.data.number;
      }
    }

    const app = await shop({
      imports: [
        BullModule.forRoot({
          connection: { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null },
        }),
        BullModule.registerQueue({ name: 'invoices' }),
      ],
      controllers: [OrdersController],
      providers: [InvoicesProcessor],
    });
    const { worker } = app.app.get(InvoicesProcessor);
    worker.on('failed', (_job, error) => ended.push(error.message));
    worker.on('completed', (job) => {
      ended.push(JSON.stringify(job.data));
      allEnded.give();
    });
    await app.post('/orders', 'ann');
    await allEnded.given;
    expect(ended).toEqual([
      'the printer is on fire',
      'the printer is on fire',
      '{"number":7,"identity":{"userId":"ann"}}',
    ]);
    expect(await app.seen()).toEqual([
      ['Invoice Attempted', 'ann', undefined],
      ['Invoice Attempted', 'ann', undefined],
      ['Invoice Attempted', 'ann', undefined],
      ['Invoice Sent', 'ann', 'InvoicesProcessor.process'],
      ['Order Completed', 'ann', 'OrdersController.create'],
    ]);
  });
});

describe('a message', () => {
  interface Paid {
    readonly user: { readonly id: string };
    readonly userId: string;
    readonly anonymousId: string;
  }

  async function service(identity?: IdentityOptions): Promise<[INestMicroservice, Collector]> {
    @Controller()
    class PaymentsController {
      @MessagePattern('paid')
      @Track('Order Paid')
      paid(@Payload() _message: Paid): string {
        return 'ok';
      }
    }
    const [App, collector] = await moduleOf({
      controllers: [PaymentsController],
      ...(identity && { identity }),
    });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(App, {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: 0 },
      logger: false,
    });
    await app.listen();
    toClose.push(() => app.close());
    return [app, collector];
  }

  async function pay(app: INestMicroservice): Promise<unknown> {
    const { port } = app.unwrap<Server>().address() as AddressInfo;
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    toClose.push(async () => void client.close());
    return lastValueFrom(
      client.send('paid', {
        user: { id: 'ann' },
        userId: 'ann',
        anonymousId: 'a visitor',
      }) as Observable<unknown>,
    );
  }

  test('does not define its person, whatever its content', async () => {
    const [app, collector] = await service();
    expect(await pay(app)).toBe('ok');
    const tracking = app.get(TrackingService);
    expect(await collector.delivered(tracking)).toEqual([]);
    expect(tracking.stats()).toMatchObject({ called: 1, accepted: 0, rejected: { no_identity: 1 } });
  });

  test('is trusted if the application declares it', async () => {
    const [app, collector] = await service({
      resolvers: [fromRequestUser((user: { id: string }) => user.id)],
    });
    await pay(app);
    expect((await collector.delivered(app.get(TrackingService))).map(({ userId }) => userId)).toEqual([
      'ann',
    ]);
  });
});

describe('an answer from another service', () => {
  async function client(): Promise<ClientProxy> {
    @Controller()
    class Prices {
      @MessagePattern('price')
      price(): number {
        return 3;
      }
    }
    const [Remote] = await moduleOf({ controllers: [Prices] });
    const remote = await NestFactory.createMicroservice<MicroserviceOptions>(Remote, {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: 0 },
      logger: false,
    });
    await remote.listen();
    toClose.push(() => remote.close());
    const { port } = remote.unwrap<Server>().address() as AddressInfo;
    const proxy = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    toClose.push(async () => void proxy.close());
    return proxy;
  }

  async function asked(proxy: ClientProxy): Promise<Shop> {
    @Controller()
    class Orders {
      constructor(private readonly tracking: TrackingService) {}

      @Post('awaited')
      async awaited(): Promise<number> {
        const price = await lastValueFrom(proxy.send<number>('price', {}));
        this.tracking.track('Price Seen');
        return price;
      }

      @Post('observed')
      @Track('Price Asked')
      observed(): Observable<number> {
        return proxy.send<number>('price', {}).pipe(map((price) => price + 1));
      }

      @Post('piped')
      piped(): Observable<number> {
        return proxy.send<number>('price', {}).pipe(tap(() => void this.tracking.track('In Between')));
      }
    }
    const app = await shop({ controllers: [Orders] });
    for (const person of ['ann', 'bob']) {
      expect(await app.post('/awaited', person)).toBe('3');
      expect(await app.post('/observed', person)).toBe('4');
    }
    return app;
  }

  test('belongs to the person of the request if it is awaited or returned, for any opener of the connection', async () => {
    const app = await asked(await client());
    expect(await app.seen()).toEqual([
      ['Price Asked', 'ann', 'Orders.observed'],
      ['Price Asked', 'bob', 'Orders.observed'],
      ['Price Seen', 'ann', 'Orders.awaited'],
      ['Price Seen', 'bob', 'Orders.awaited'],
    ]);
  });

  test('has no person in the operators of a client that was connected at start', async () => {
    const proxy = await client();
    await proxy.connect();
    const app = await asked(proxy);
    const before = await app.seen();
    expect(await app.post('/piped', 'cyd')).toBe('3');
    expect(await app.seen()).toEqual(before);
    expect(app.app.get(TrackingService).stats().rejected).toEqual({ no_identity: 1 });
  });

  // The async context is the same in both cases, so docs/jobs-and-queues.md recommends to connect at start.
  test('belongs to the first person in the operators of a client that the first request connected', async () => {
    const app = await asked(await client());
    expect(await app.post('/piped', 'cyd')).toBe('3');
    expect(await app.seen()).toContainEqual(['In Between', 'ann', expect.any(String)]);
  });
});

describe('work within a request', () => {
  test('runs as the person of the request: listeners, commands, events and sagas', async () => {
    const shipped = new Signal();

    class PlaceOrder {}
    class OrderPlaced {}
    class ShipOrder {}

    @CommandHandler(PlaceOrder)
    class PlaceOrderHandler {
      constructor(private readonly events: EventBus) {}
      @Track('Order Placed')
      async execute(): Promise<void> {
        await Promise.resolve();
        this.events.publish(new OrderPlaced());
      }
    }

    @EventsHandler(OrderPlaced)
    class OrderPlacedHandler {
      constructor(private readonly emitter: EventEmitter2) {}
      @Track('Stock Reserved')
      async handle(): Promise<void> {
        await this.emitter.emitAsync('reserved');
      }
    }

    @CommandHandler(ShipOrder)
    class ShipOrderHandler {
      @Track('Order Shipped')
      async execute(): Promise<void> {
        await Promise.resolve();
        setImmediate(() => shipped.give());
      }
    }

    @Injectable()
    class Shipping {
      @Saga()
      ship(events: Observable<object>): Observable<object> {
        return events.pipe(
          ofType(OrderPlaced),
          map(() => new ShipOrder()),
        );
      }

      @OnEvent('reserved')
      @Track('Shelf Emptied')
      async onReserved(): Promise<void> {
        await Promise.resolve();
      }
    }

    @Controller()
    class Orders {
      constructor(private readonly commands: CommandBus) {}
      @Post('orders')
      async create(): Promise<void> {
        await this.commands.execute(new PlaceOrder());
      }
    }

    const app = await shop({
      imports: [CqrsModule.forRoot(), EventEmitterModule.forRoot()],
      controllers: [Orders],
      providers: [PlaceOrderHandler, OrderPlacedHandler, ShipOrderHandler, Shipping],
    });
    await app.post('/orders', 'ann');
    await shipped.given;
    expect(await app.seen()).toEqual([
      ['Order Placed', 'ann', 'PlaceOrderHandler.execute'],
      ['Order Shipped', 'ann', 'ShipOrderHandler.execute'],
      ['Shelf Emptied', 'ann', 'Shipping.onReserved'],
      ['Stock Reserved', 'ann', 'OrderPlacedHandler.handle'],
    ]);
  });

  test('can be overridden: a @RunAs within a request has precedence', async () => {
    @Injectable()
    class Audit {
      @RunAs((user: string) => ({ userId: user }))
      @Track('Account Changed')
      changed(_user: string): void {}
    }
    @Controller()
    class Accounts {
      constructor(private readonly audit: Audit) {}
      @Post('accounts')
      @Track('Admin Acted')
      change(): void {
        this.audit.changed('ann');
      }
    }
    const app = await shop({ controllers: [Accounts], providers: [Audit] });
    await app.post('/accounts', 'admin');
    expect(await app.seen()).toEqual([
      ['Account Changed', 'ann', 'Audit.changed'],
      ['Admin Acted', 'admin', 'Accounts.change'],
    ]);
  });
});

describe('a job without a request', () => {
  async function ran(identity?: IdentityOptions): Promise<[TrackingService, readonly TrackingEvent[]]> {
    const both = [new Signal(), new Signal()];
    let done = false;
    @Injectable()
    class Jobs {
      constructor(private readonly tracking: TrackingService) {}

      @Interval(1)
      @Track('Sessions Swept', { when: () => !done })
      sweep(): void {
        if (!done) setImmediate(() => both[0]!.give());
        queueMicrotask(() => (done = true));
      }

      @Timeout(1)
      @RunAs(() => ({ userId: 'warm-up' }))
      async warm(): Promise<void> {
        await Promise.resolve();
        this.tracking.track('Cache Warmed');
        both[1]!.give();
      }
    }
    const [App, collector] = await moduleOf({
      imports: [ScheduleModule.forRoot()],
      providers: [Jobs],
      ...(identity && { identity }),
    });
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    toClose.push(() => app.close());
    await Promise.all(both.map(({ given }) => given));
    const tracking = app.get(TrackingService);
    return [tracking, await collector.delivered(tracking)];
  }

  test('is rejected without a person, unless it runs as one', async () => {
    const [tracking, events] = await ran();
    expect(events.map(({ name, userId }) => [name, userId])).toEqual([['Cache Warmed', 'warm-up']]);
    expect(tracking.stats()).toMatchObject({ accepted: 1, rejected: { no_identity: 1 } });
  });

  test('uses the fallback of the application, by its source', async () => {
    const [, events] = await ran({
      fallback: (source) => (source === 'Jobs.sweep' ? { userId: 'system' } : undefined),
    });
    expect(events.toSorted(byNameAndPerson).map(({ name, userId }) => [name, userId])).toEqual([
      ['Cache Warmed', 'warm-up'],
      ['Sessions Swept', 'system'],
    ]);
  });
});
