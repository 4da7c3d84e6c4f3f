import { afterEach, describe, expect, test } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  Post,
  Query,
  VersioningType,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  amplitudeSession,
  googleAnalyticsSession,
  posthogSession,
  type RequestContextOptions,
  rudderstackSession,
  snowplowSession,
  Track,
  TrackingService,
} from '../../lib/index.js';
import { platforms, TrackedApplication } from './track-application.js';

@Injectable()
class Deep {
  constructor(private readonly tracking: TrackingService) {}

  async down(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.tracking.track('Deep');
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly deep: Deep) {}

  @Get(':id/items/:item')
  @Track('Item Seen')
  async item(@Param('id') _id: string, @Query() _query: unknown): Promise<void> {
    await this.deep.down();
  }

  @Post()
  @Track('Ordered')
  create(): void {}
}

@Module({ controllers: [OrdersController], providers: [Deep] })
class OrdersModule {}

@Module({ imports: [OrdersModule, RouterModule.register([{ path: 'shop', module: OrdersModule }])] })
class ShopModule implements NestModule {
  constructor(private readonly tracking: TrackingService) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((_request: unknown, _response: unknown, next: () => void) => {
        this.tracking.track('On The Way');
        next();
      })
      .forRoutes('{*path}');
  }
}

const SPOOFED = {
  'x-forwarded-for': '198.51.100.1',
  'x-real-ip': '198.51.100.2',
  forwarded: 'for=198.51.100.3',
};

describe.each(platforms)('on %s', (platform) => {
  let shop: TrackedApplication;
  afterEach(() => shop.close());
  const start = async (context: RequestContextOptions, trustProxy = false): Promise<void> => {
    shop = await TrackedApplication.start(platform, {
      imports: [ShopModule],
      identity: { fallback: { userId: 'ada' } },
      context,
      trustProxy,
      configure: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    });
  };
  const context = (name: string): Record<string, unknown> | undefined =>
    shop.events.find((event) => event.name === name)?.context as Record<string, unknown> | undefined;

  test('an event carries the pattern of its route, and never the address', async () => {
    await start({});
    await shop.request('/api/v1/shop/orders/secret/items/secret?token=secret', {
      headers: { 'x-request-id': 'r-1', 'accept-language': 'de-CH,de;q=0.5', 'user-agent': 'Firefox' },
    });
    const expected = {
      method: 'GET',
      route: '/api/v1/shop/orders/:id/items/:item',
      requestId: 'r-1',
      locale: 'de-CH',
    };
    expect(context('Item Seen')).toEqual(expected);
    expect(context('Deep')).toEqual(expected);
    const { route: _, ...early } = expected;
    // On Fastify, Nest runs its middleware before the first hook that the package can add.
    expect(context('On The Way')).toEqual(platform === 'Fastify' ? undefined : early);
    expect(JSON.stringify(shop.events)).not.toContain('secret');
  });

  test('a request without an id has that of its platform', async () => {
    await start({});
    await shop.request('/api/v1/shop/orders', { method: 'POST' });
    expect(context('Ordered')?.['requestId']).toEqual(
      platform === 'Fastify' ? expect.stringMatching(/^req-/) : undefined,
    );
  });

  test('the campaign is that of the link, else of the page', async () => {
    await start({});
    const headers = { referer: 'https://shop.example/?utm_source=page&utm_campaign=autumn' };
    const path = '/api/v1/shop/orders/1/items/2';
    await shop.request(`${path}?utm_source=link`, { headers });
    expect(context('Item Seen')?.['campaign']).toEqual({ source: 'link' });
    shop.clear();
    await shop.request(path, { headers });
    expect(context('Item Seen')?.['campaign']).toEqual({ source: 'page', name: 'autumn' });
  });

  test('the address is that of the peer, whatever a client claims', async () => {
    await start({ ip: 'full' });
    await shop.request('/api/v1/shop/orders', { method: 'POST', headers: SPOOFED });
    expect(context('Ordered')?.['ip']).toBe('127.0.0.1');
    expect(JSON.stringify(shop.events)).not.toContain('198.51.100');
  });

  test('the address comes from a proxy if the platform trusts it', async () => {
    await start({ ip: 'full' }, true);
    await shop.request('/api/v1/shop/orders', { method: 'POST', headers: SPOOFED });
    expect(context('Ordered')?.['ip']).toBe('198.51.100.1');
  });

  test('the address is truncated, and an invalid text of a trusted proxy is ignored', async () => {
    await start({ ip: 'truncated' }, true);
    const say = (address: string) => ({ method: 'POST' as const, headers: { 'x-forwarded-for': address } });
    await shop.request('/api/v1/shop/orders', say('198.51.100.77'));
    await shop.request('/api/v1/shop/orders', say('2001:db8:1:2::3'));
    await shop.request('/api/v1/shop/orders', say('<script>'));
    const ips = shop.events.filter(({ name }) => name === 'Ordered').map((event) => event.context?.['ip']);
    expect(ips).toEqual(['198.51.100.0', '2001:db8:1::', undefined]);
  });

  test('the sessions of the browser are read', async () => {
    const sessions = [
      amplitudeSession(),
      googleAnalyticsSession(),
      posthogSession(),
      rudderstackSession(),
      snowplowSession(),
    ];
    await start({ sessions });
    await shop.request('/api/v1/shop/orders', {
      method: 'POST',
      headers: { cookie: '_ga_AB12=GS2.1.s17$o1', 'x-posthog-session-id': 's-1' },
    });
    expect(context('Ordered')?.['sessions']).toEqual({ googleAnalytics: '17', posthog: 's-1' });
  });
});

test('the route has the names of its parameters, and not their values', async () => {
  const shop = await TrackedApplication.start('Express', {
    imports: [ShopModule],
    identity: { fallback: { userId: 'ann' } },
    context: {},
  });
  const outer = new ExpressAdapter();
  outer.use('/reset/:token', shop.app.getHttpAdapter().getInstance());
  const server = createServer(outer.getInstance() as RequestListener).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}/reset/s3cr3t/shop/orders/7/items/8`;
    expect((await fetch(address)).status).toBe(200);
    const routes = shop.events.map(({ name, context }) => [name, context?.['route']]);
    expect(routes).toContainEqual(['Deep', '/reset/:token/shop/orders/:id/items/:item']);
    expect(JSON.stringify(shop.events)).not.toContain('s3cr3t');
  } finally {
    server.close();
    await shop.close();
  }
});
