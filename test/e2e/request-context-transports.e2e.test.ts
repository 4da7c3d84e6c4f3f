import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, type INestApplication } from '@nestjs/common';
import { Args, GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { fromCookie, fromHeader, fromJwtClaim, type RequestContextOptions, Track } from '../../lib/index.js';
import { type Platform, platforms, TrackedApplication } from './track-application.js';

const CONTEXT: RequestContextOptions = { ip: 'full', userAgent: true };
const HEADERS = {
  'accept-language': 'de-CH',
  'x-request-id': 'r-1',
  'x-forwarded-for': '198.51.100.1',
  'user-agent': 'Firefox',
  'x-visitor': 'v1',
  cookie: 'visitor=v2',
};
const IDENTITY = { resolvers: [fromHeader('X-Visitor')] };

@Resolver()
class OrdersResolver {
  @Query(() => String)
  @Track('Orders Seen')
  orders(@Args('of') of: string): string {
    return of;
  }

  @Mutation(() => String)
  @Track('Order Placed')
  place(): string {
    return 'placed';
  }
}

@WebSocketGateway()
class OrdersGateway {
  /** The only time at which `ws` provides the upgrade request of the socket. */
  handleConnection(client: { upgradeReq?: unknown }, request?: unknown): void {
    if (request !== undefined) client.upgradeReq = request;
  }

  @SubscribeMessage('orders.place')
  @Track('Order Placed')
  place(): { event: string; data: string } {
    return { event: 'placed', data: 'placed' };
  }
}

@Controller()
class OrdersMessages {
  @MessagePattern({ cmd: 'place' })
  @Track('Order Placed', { user: (_result, { identity }) => ({ userId: 'nobody', ...identity }) })
  place(): string {
    return 'placed';
  }
}

let shop: TrackedApplication | undefined;
beforeEach(() => (shop = undefined));
afterEach(() => shop?.close());

const drivers: Record<Platform, ApolloDriverConfig | MercuriusDriverConfig> = {
  Express: { driver: ApolloDriver, autoSchemaFile: true },
  Fastify: { driver: MercuriusDriver, autoSchemaFile: true },
};

test.each(platforms)('operations of one GraphQL request on %s have a route each', async (platform) => {
  shop = await TrackedApplication.start(platform, {
    imports: [GraphQLModule.forRoot(drivers[platform])],
    providers: [OrdersResolver],
    identity: IDENTITY,
    context: CONTEXT,
  });
  const ask = (query: string) =>
    shop!.request('/graphql?utm_source=letter', {
      method: 'POST',
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
  const { text } = await ask('{ a: orders(of: "secret") b: orders(of: "secret") }');
  expect(JSON.parse(text)).toEqual({ data: { a: 'secret', b: 'secret' } });
  await ask('mutation { place }');
  const known = {
    method: 'POST',
    locale: 'de-CH',
    campaign: { source: 'letter' },
    requestId: 'r-1',
    userAgent: 'Firefox',
    ip: '127.0.0.1',
  };
  expect(shop.events.map(({ anonymousId, context }) => [anonymousId, context])).toEqual([
    ['v1', { route: 'Query.orders', ...known }],
    ['v1', { route: 'Query.orders', ...known }],
    ['v1', { route: 'Mutation.place', ...known }],
  ]);
});

describe('a gateway', () => {
  const start = async (configure: (app: INestApplication) => void, resolver = IDENTITY): Promise<string> => {
    shop = await TrackedApplication.start('Express', {
      providers: [OrdersGateway],
      identity: resolver,
      context: CONTEXT,
      configure,
    });
    return (await shop.app.getUrl()).replace('[::1]', '127.0.0.1');
  };
  const expected = { route: 'orders.place', locale: 'de-CH', userAgent: 'Firefox', ip: '127.0.0.1' };

  test('of socket.io has the handshake, and its peer', async () => {
    const url = await start(() => {});
    const client = io(`${url}/?utm_source=letter`, {
      transports: ['websocket'],
      extraHeaders: HEADERS,
      query: { utm_source: 'letter' },
      forceNew: true,
    });
    try {
      client.emit('orders.place');
      await new Promise((resolve) => client.once('placed', resolve));
    } finally {
      client.close();
    }
    expect(shop!.events).toMatchObject([{ anonymousId: 'v1' }]);
    expect(shop!.events[0]!.context).toEqual({ ...expected, campaign: { source: 'letter' } });
  });

  test('of ws has the upgrade request that the application kept, and its peer', async () => {
    const url = await start((app) => app.useWebSocketAdapter(new WsAdapter(app)), {
      resolvers: [fromCookie('visitor')],
    });
    const client = new WebSocket(`${url.replace('http', 'ws')}/?utm_source=letter`, { headers: HEADERS });
    try {
      await once(client, 'open');
      client.send('{"event":"orders.place"}');
      await once(client, 'message');
    } finally {
      client.terminate();
    }
    expect(shop!.events).toMatchObject([{ anonymousId: 'v2' }]);
    expect(shop!.events[0]!.context).toEqual({ ...expected, campaign: { source: 'letter' } });
  });
});

test('a message that looks like a request is not treated as one', async () => {
  shop = await TrackedApplication.start('Express', {
    controllers: [OrdersMessages],
    identity: {
      resolvers: [
        fromHeader('x-visitor', { as: 'userId' }),
        fromCookie('visitor', { as: 'userId' }),
        fromJwtClaim('sub'),
      ],
    },
    context: CONTEXT,
    configure: (app) => {
      app.connectMicroservice(
        { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
        { inheritAppConfig: true },
      );
    },
  });
  await shop.app.startAllMicroservices();
  const [microservice] = shop.app.getMicroservices();
  const { port } = microservice!.unwrap<{ address(): AddressInfo }>().address();
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  const message = {
    headers: HEADERS,
    cookies: { visitor: 'mallory' },
    signedCookies: { visitor: 'mallory' },
    user: { sub: 'mallory' },
    auth: { payload: { sub: 'mallory' } },
    method: 'POST',
    ip: '198.51.100.1',
    id: 'mallory',
    url: '/?utm_source=mallory',
  };
  expect(await lastValueFrom(client.send({ cmd: 'place' }, message))).toBe('placed');
  client.close();
  expect(shop.events.map(({ userId, anonymousId, context }) => [userId, anonymousId, context])).toEqual([
    ['nobody', undefined, { route: '{"cmd":"place"}' }],
  ]);
});
