import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type ArgumentsHost,
  Body,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  Post,
  Req,
  Res,
  RequestMethod,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  fromRequestUser,
  IdentityInterceptor,
  type IdentityClaims,
  Track,
  TrackingService,
} from '../../lib/index.js';
import { readCookie } from '../../lib/request/read-cookie.js';
import { platforms, TrackedApplication } from './track-application.js';

interface Request {
  user?: unknown;
  headers: Record<string, string | undefined>;
}

function fromVisitorCookie(request: unknown): IdentityClaims {
  const claimed = readCookie(request, 'named');
  return {
    anonymousId: readCookie(request, 'visitor'),
    ...(claimed && { claimedUserId: claimed }),
  } as IdentityClaims;
}

const RESOLVERS = { identity: { resolvers: [fromRequestUser(), fromVisitorCookie] } };

/** The application's own authentication. */
@Injectable()
class SignedIn implements CanActivate {
  constructor(private readonly tracking: TrackingService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const id = request.headers['authorization'];
    await nextTurn();
    if (id !== undefined) request.user = { id };
    this.tracking.track('Guarded');
    return id !== 'Bearer nobody';
  }
}

@Catch()
class SpeaksOfFailures implements ExceptionFilter {
  constructor(private readonly tracking: TrackingService) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    this.tracking.track('Failed');
    host
      .switchToHttp()
      .getResponse<{ status(code: number): { send(body: unknown): void } }>()
      .status(400)
      .send({});
  }
}

/** Asynchronous hops that the test releases in an order that it chooses. */
const waiting: (() => void)[] = [];
const hop = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));

@Injectable()
class Orders {
  constructor(private readonly tracking: TrackingService) {}

  @Track('Order Stored', { properties: (_result, { args }) => ({ expected: args[0] as string }) })
  async store(expected: string): Promise<void> {
    await hop();
    this.tracking.track('Order Seen', { expected });
    await hop();
  }
}

@Controller('orders')
class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly tracking: TrackingService,
  ) {}

  @Post()
  @UseGuards(SignedIn)
  @Track('Order Completed', { properties: (order: { expected: string }) => order })
  async create(@Body() body: { expected: string }): Promise<{ expected: string }> {
    await hop();
    await this.orders.store(body.expected);
    return { expected: body.expected };
  }

  @Get('sign-in')
  async signIn(@Req() request: Request): Promise<void> {
    this.tracking.track('Before');
    await nextTurn();
    request.user = { id: 'ada' };
    this.tracking.track('After');
    request.user = { id: 'bob' };
    this.tracking.track('Switched');
    request.user = undefined;
    this.tracking.track('Out');
  }

  @Get('claims')
  claims(): void {
    this.tracking.track('Claimed');
    this.tracking.track('Claimed Again');
  }

  @Get('fails')
  @UseGuards(SignedIn)
  @UseFilters(SpeaksOfFailures)
  fails(): never {
    throw new Error('broken');
  }

  @Get('as')
  as(): void {
    this.tracking.runAs({ userId: 'customer' }, () => this.tracking.track('Refunded'));
    this.tracking.track('Done');
  }
}

@Module({ controllers: [OrdersController], providers: [Orders, SignedIn, SpeaksOfFailures] })
class ShopModule {}

/** Connects at its first use, in the async context of that request, and runs all callbacks there. */
class LazyPool {
  readonly #asked: (() => void)[] = [];
  #socket: NodeJS.Timeout | undefined;

  get(callback: () => void): void {
    this.#asked.push(callback);
    this.#socket ??= setInterval(() => {
      for (const each of this.#asked.splice(0)) each();
    }, 1);
  }

  close(): void {
    clearInterval(this.#socket);
  }
}

@Injectable()
class Waits implements CanActivate {
  async canActivate(): Promise<boolean> {
    await nextTurn();
    return true;
  }
}

/** The same order of steps at each run. */
function seeded(seed: number): () => number {
  return () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

describe.each(platforms)('on %s', (platform) => {
  let shop: TrackedApplication;
  const start = async (
    setup: Partial<Parameters<typeof TrackedApplication.start>[1]> = {},
  ): Promise<void> => {
    shop = await TrackedApplication.start(platform, { imports: [ShopModule], ...RESOLVERS, ...setup });
  };
  beforeEach(() => void waiting.splice(0));
  afterEach(() => shop.close());

  test('thousands of interleaved requests never mix their people', async () => {
    await start();
    const random = seeded(7);
    const total = 3_000;
    let asked = 0;
    let answered = 0;
    const shopper = async (): Promise<void> => {
      while (asked < total) {
        const id = `user-${asked++}`;
        const answer = await shop.send('/orders', {
          method: 'POST',
          headers: { authorization: id, cookie: `visitor=v-${id}`, 'content-type': 'application/json' },
          body: JSON.stringify({ expected: id }),
        });
        expect(await answer.body.json()).toEqual({ expected: id });
        answered++;
      }
    };
    const shoppers = Promise.all(Array.from({ length: 64 }, shopper));
    let finished = false;
    void shoppers.finally(() => (finished = true));
    while (!finished) {
      // Release a few at random; the others meet later requests on the same sockets.
      for (let n = Math.ceil(random() * 8); n > 0 && waiting.length > 0; n--) {
        const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
        next!();
      }
      await nextTurn();
    }
    await shoppers;
    await shop.answered();
    expect(answered).toBe(total);
    const told = shop.events.filter(({ name }) => name !== 'Guarded');
    expect(told).toHaveLength(total * 3);
    for (const { userId, anonymousId, properties } of told) {
      expect([userId, anonymousId]).toEqual([
        properties['expected'],
        `v-${properties['expected'] as string}`,
      ]);
    }
    expect(shop.events).toHaveLength(total * 4);
    expect(shop.stats.rejected).toEqual({});
  }, 120_000);

  test('a body that comes in pieces does not lose its request', async () => {
    await start();
    const arrived = shop.arrival();
    async function* body(): AsyncGenerator<string> {
      yield '{"expected":';
      await arrived;
      for (let turns = 0; turns < 5; turns++) await nextTurn();
      yield '"ada"}';
    }
    let done = false;
    const answer = shop
      .request('/orders', {
        method: 'POST',
        headers: { authorization: 'ada', cookie: 'visitor=v1', 'content-type': 'application/json' },
        body: body() as unknown as string,
      })
      .finally(() => (done = true));
    while (!done) {
      waiting.shift()?.();
      await nextTurn();
    }
    expect((await answer).text).toBe('{"expected":"ada"}');
    expect(shop.names).toEqual(['Guarded', 'Order Seen', 'Order Stored', 'Order Completed']);
    for (const event of shop.events) expect(event).toMatchObject({ userId: 'ada', anonymousId: 'v1' });
  });

  test('middleware that continues in another async context does not lose the request of its handler', async () => {
    const elsewhere = new AsyncResource('a socket of its own');
    const farther = new AsyncResource('another');
    @Controller('lost')
    // Fastify's hooks have restored it before.
    @UseInterceptors(...(platform === 'Express' ? [IdentityInterceptor] : []))
    class Lost {
      @Get()
      @Track('Found')
      found(): void {}
    }
    @Module({ controllers: [Lost] })
    class LostModule implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer
          .apply((_request: unknown, _response: unknown, next: () => void) => elsewhere.runInAsyncScope(next))
          .forRoutes('{*path}');
      }
    }
    await start({
      imports: [LostModule],
      configure: (app) => {
        if (platform === 'Fastify') {
          const fastify = app.getHttpAdapter().getInstance() as {
            addHook(name: string, hook: (request: unknown, reply: unknown, done: () => void) => void): void;
          };
          fastify.addHook('preValidation', (_request, _reply, done) => farther.runInAsyncScope(done));
        }
      },
    });
    await shop.request('/lost', { headers: { cookie: 'visitor=v1' } });
    expect(shop.events).toMatchObject([{ name: 'Found', anonymousId: 'v1', source: 'Lost.found' }]);
  });

  test.each([
    ['', []],
    [', behind a global guard that waits', [{ provide: APP_GUARD, useClass: Waits }]],
  ])(
    'thousands of requests through a pool that connected during the first never mix their people%s',
    async (_, providers) => {
      const pool = new LazyPool();
      @Controller('pooled')
      class Pooled {
        constructor(private readonly tracking: TrackingService) {}
        @Get(':id')
        @Track('Tracked', { properties: (expected: string) => ({ expected }) })
        async get(
          @Param('id') expected: string,
          @Res({ passthrough: true }) response: { status(code: number): unknown },
        ): Promise<string> {
          this.tracking.track('Seen', { expected });
          await nextTurn();
          if (expected.endsWith('3')) response.status(402);
          this.tracking.track('Seen', { expected });
          return expected;
        }
      }
      @Module({ controllers: [Pooled], providers })
      class PooledModule implements NestModule {
        configure(consumer: MiddlewareConsumer): void {
          consumer
            .apply((_request: unknown, _response: unknown, next: () => void) => pool.get(next))
            .forRoutes('{*path}');
        }
      }
      await start({
        imports: [PooledModule],
        identity: {
          resolvers: [({ headers }: Request) => ({ userId: headers['authorization'] }) as IdentityClaims],
        },
      });
      const total = 2_000;
      let asked = 0;
      const shopper = async (): Promise<void> => {
        while (asked < total) {
          const id = `user-${asked++}`;
          const answer = await shop.send(`/pooled/${id}`, { headers: { authorization: id } });
          expect(await answer.body.text()).toBe(id);
        }
      };
      await Promise.all(Array.from({ length: 32 }, shopper));
      await shop.answered();
      pool.close();
      expect(shop.names.filter((name) => name === 'Seen')).toHaveLength(total * 2);
      expect(shop.names.filter((name) => name === 'Tracked')).toHaveLength(total * 0.9);
      for (const { userId, properties } of shop.events) expect(userId).toBe(properties['expected']);
    },
    60_000,
  );

  test('an event before sign-in does not freeze the visitor, and signing out frees the user', async () => {
    await start();
    await shop.request('/orders/sign-in', { headers: { cookie: 'visitor=v1' } });
    expect(shop.events.map(({ name, userId, anonymousId }) => [name, userId, anonymousId])).toEqual([
      ['Before', undefined, 'v1'],
      ['After', 'ada', 'v1'],
      ['Switched', 'bob', 'v1'],
      ['Out', undefined, 'v1'],
    ]);
  });

  test('a client’s own claim never becomes a userId', async () => {
    await start();
    const headers = {
      cookie: 'visitor=v1; named=lovelace; userId=lovelace; user=lovelace; km_ni=lovelace',
      'x-user-id': 'lovelace',
      authorization: 'lovelace',
    };
    await shop.request('/orders/claims?userId=lovelace', { headers });
    expect(shop.events).toMatchObject([{ anonymousId: 'v1' }, { anonymousId: 'v1' }]);
    expect(JSON.stringify(shop.events)).not.toContain('lovelace');
  });

  test('a request without a person is counted, and attributed to no person', async () => {
    await start();
    await shop.request('/orders/claims');
    expect(shop.events).toEqual([]);
    expect(shop.stats.rejected).toEqual({ no_identity: 2 });
  });

  test('guards and exception filters know the user', async () => {
    await start();
    await shop.request('/orders/fails', { headers: { authorization: 'ada', cookie: 'visitor=v1' } });
    expect(shop.events).toMatchObject([
      { name: 'Guarded', userId: 'ada', anonymousId: 'v1' },
      { name: 'Failed', userId: 'ada', anonymousId: 'v1', source: 'OrdersController.fails' },
    ]);
  });

  test('an exception filter knows the user of a request that a guard rejected', async () => {
    await start();
    await shop.request('/orders/fails', { headers: { authorization: 'Bearer nobody' } });
    expect(shop.names).toEqual(['Guarded', 'Failed']);
    expect(shop.events).toMatchObject([{ userId: 'Bearer nobody' }, { userId: 'Bearer nobody' }]);
  });

  test('runAs has precedence over the request, and ends', async () => {
    await start();
    await shop.request('/orders/as', { headers: { cookie: 'visitor=v1' } });
    const [refunded, done] = shop.events;
    expect(refunded).toMatchObject({ userId: 'customer', source: 'OrdersController.as' });
    expect(refunded?.anonymousId).toBeUndefined();
    expect(done).toMatchObject({ anonymousId: 'v1' });
    expect(done?.userId).toBeUndefined();
  });

  test('a cookie of another person is reported once per request, without either name', async () => {
    await start({
      configure: (app) => {
        app.use((request: Request, _response: unknown, next: () => void) => {
          request.user = { id: 'ada' };
          next();
        });
      },
      identity: {
        resolvers: [
          (request) => ({ userId: ((request.raw ?? request) as { user: { id: string } }).user.id }),
          fromVisitorCookie,
        ],
      },
    });
    await shop.request('/orders/claims', { headers: { cookie: 'visitor=v1; named=bob' } });
    expect(shop.events).toMatchObject([{ userId: 'ada' }, { userId: 'ada' }]);
    for (const event of shop.events) expect(event).not.toHaveProperty('anonymousId');
    expect(shop.stats.notices).toEqual({ identity_conflict: 1 });
  });

  test('resolvers that fail are counted and skipped', async () => {
    await start({
      identity: {
        resolvers: [
          () => {
            throw new Error('broken');
          },
          (async () => {
            throw new Error('broken later');
          }) as unknown as () => undefined,
          () => ({
            get userId(): string {
              throw new Error('broken getter');
            },
          }),
          fromVisitorCookie,
        ],
      },
    });
    const answer = await shop.request('/orders/as', { headers: { cookie: 'visitor=v1' } });
    expect(answer.status).toBe(200);
    expect(shop.events).toMatchObject([{ userId: 'customer' }, { anonymousId: 'v1' }]);
    expect(shop.stats.notices).toEqual({ resolver_error: 3 });
  });

  test.each([
    ['/api/orders/claims', 'behind a global prefix'],
    ['/health', 'excluded from the prefix'],
    ['/api/v2/versioned', 'of a version'],
  ])('%s is reached: a route %s', async (path) => {
    @Controller('health')
    class Health {
      constructor(private readonly tracking: TrackingService) {}
      @Get()
      health(): void {
        this.tracking.track('Checked');
      }
    }
    @Controller({ path: 'versioned', version: '2' })
    class Versioned extends Health {}
    await start({
      controllers: [Health, Versioned],
      configure: (app) => {
        app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }] });
        app.enableVersioning();
      },
    });
    expect((await shop.request(path, { headers: { cookie: 'visitor=v1' } })).status).toBe(200);
    expect(shop.events[0]).toMatchObject({ anonymousId: 'v1' });
  });
});
