import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { afterEach, expect, test } from '@jest/globals';
import { type INestApplication, Injectable, type ModuleMetadata } from '@nestjs/common';
import { GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { io } from 'socket.io-client';
import { request as send } from 'undici';
import { WebSocket } from 'ws';
import { doNotTrack, globalPrivacyControl, Track, TrackingModule, TrackingService } from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';

const BY = { user: () => ({ userId: 'ann' }) };
const GPC = { 'sec-gpc': '1' };
const DNT = { dnt: '1' };

@Resolver()
class OrdersResolver {
  @Query(() => String)
  health(): string {
    return 'up';
  }

  @Mutation(() => String)
  @Track('Order Completed', BY)
  order(): string {
    return 'done';
  }
}

@WebSocketGateway()
@Injectable()
class OrdersGateway {
  /** A plain socket does not know its upgrade request unless the application keeps it. */
  handleConnection(client: { upgradeReq?: IncomingMessage }, request?: IncomingMessage): void {
    if (request !== undefined) client.upgradeReq = request;
  }

  @SubscribeMessage('order')
  @Track('Order Completed', BY)
  order(): { event: string; data: string } {
    return { event: 'done', data: 'done' };
  }
}

let app: INestApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(
  metadata: ModuleMetadata,
  create: 'express' | 'fastify' | 'ws' = 'express',
): Promise<{ url: string; tracking: TrackingService }> {
  const module = await Test.createTestingModule({
    ...metadata,
    imports: [
      ...(metadata.imports ?? []),
      TrackingModule.forRoot({
        destinations: [{ name: 'nowhere', encode: () => ({ method: 'POST', url: 'http://127.0.0.1:9' }) }],
        consent: [globalPrivacyControl(), doNotTrack()],
        shutdown: { timeoutMs: 0 },
      }),
    ],
  }).compile();
  app =
    create === 'fastify'
      ? module.createNestApplication(new FastifyAdapter(), { logger: false })
      : module.createNestApplication({ logger: false });
  if (create === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), tracking: app.get(TrackingService) };
}

/** One of three clients has no objection. */
function expectHeard(tracking: TrackingService): void {
  expect(tracking.stats()).toMatchObject({
    called: 3,
    accepted: 1,
    suppressed: { consent: 2 },
    rejected: {},
  });
  expectAccounted(tracking.stats());
}

const APOLLO = GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true });
const MERCURIUS = GraphQLModule.forRoot<MercuriusDriverConfig>({
  driver: MercuriusDriver,
  autoSchemaFile: true,
});

test.each([
  ['Apollo', APOLLO, 'express'],
  ['Mercurius', MERCURIUS, 'fastify'],
] as const)('signals are heard by resolvers of %s', async (_, graphql, platform) => {
  const { url, tracking } = await start({ imports: [graphql], providers: [OrdersResolver] }, platform);
  for (const headers of [GPC, DNT, {}]) {
    const { body } = await send(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: 'mutation { order }' }),
    });
    expect(await body.json()).toEqual({ data: { order: 'done' } });
  }
  expectHeard(tracking);
});

test('signals are read from the handshake of socket.io', async () => {
  const { url, tracking } = await start({ providers: [OrdersGateway] });
  for (const extraHeaders of [GPC, DNT, {}]) {
    const client = io(url, { extraHeaders, transports: ['websocket'] });
    const done = once(client as never, 'done');
    client.emit('order');
    await done;
    client.close();
  }
  expectHeard(tracking);
});

test('signals are read from the upgrade of a plain socket that has kept it', async () => {
  const { url, tracking } = await start({ providers: [OrdersGateway] }, 'ws');
  for (const headers of [GPC, DNT, {}]) {
    const client = new WebSocket(url.replace('http', 'ws'), { headers });
    await once(client, 'open');
    const answer = once(client, 'message');
    client.send(JSON.stringify({ event: 'order' }));
    await answer;
    client.close();
    await once(client, 'close');
  }
  expectHeard(tracking);
});
