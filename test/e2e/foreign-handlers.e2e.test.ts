import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Controller, Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import {
  fromCookie,
  fromHeader,
  fromJwtClaim,
  fromPosthogHeaders,
  fromRequestUser,
  fromSegmentCookies,
  googleAnalyticsSession,
  type IdentityResolver,
  Track,
  TrackingService,
} from '../../lib/index.js';
import { TrackedApplication } from './track-application.js';

/** The provider that makes the package's interceptor global. */
@Controller()
class Pings {
  @MessagePattern('ping')
  ping(): string {
    return 'pong';
  }
}

@Injectable()
class OrdersQueue {
  constructor(private readonly tracking: TrackingService) {}

  onOrder(): unknown {
    this.tracking.track('Order Completed');
    return this.tracking.identity() ?? 'nobody';
  }

  @Track('Order Refunded')
  onRefund(): void {}
}

const MESSAGE = {
  method: 'POST',
  originalUrl: '/?utm_source=letter',
  ip: '203.0.113.7',
  user: { id: 'victim', sub: 'victim' },
  auth: { payload: { sub: 'victim' } },
  cookies: { visitor: 'victim', ajs_anonymous_id: 'victim' },
  headers: {
    'x-user': 'victim',
    'x-posthog-distinct-id': '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f',
    'accept-language': 'de',
    'x-request-id': 'r-1',
    'idempotency-key': 'k-1',
    cookie: '_ga_EXAMPLE=GS1.1.1731649270.1.0',
  },
  route: { path: '/secret' },
};

const RESOLVERS: readonly IdentityResolver[] = [
  fromRequestUser(),
  fromJwtClaim('sub'),
  fromHeader('x-user', { as: 'userId' }),
  fromCookie('visitor', { as: 'userId' }),
  fromSegmentCookies(),
  fromPosthogHeaders(),
];

let shop: TrackedApplication | undefined;
beforeEach(() => (shop = undefined));
afterEach(() => shop?.close());

/** Handlers as packages for brokers and bots make them. */
async function handlerOf(
  kind: string | undefined,
  resolvers: readonly IdentityResolver[],
  method: 'onOrder' | 'onRefund' = 'onOrder',
): Promise<(message: object, raw: object) => Promise<unknown>> {
  shop = await TrackedApplication.start('Express', {
    controllers: [Pings],
    providers: [OrdersQueue],
    identity: { resolvers, fallback: { userId: 'service' } },
    context: { ip: 'full', userAgent: true, sessions: [googleAnalyticsSession()] },
    options: { idempotency: { header: true } },
  });
  const queue = shop.app.get(OrdersQueue);
  const options = { guards: true, interceptors: true, filters: true };
  return shop.app
    .get(ExternalContextCreator)
    .create(
      queue,
      Reflect.get(queue, method) as (...args: unknown[]) => unknown,
      method,
      undefined,
      undefined,
      undefined,
      undefined,
      options,
      kind,
    ) as never;
}

describe.each(['rmq', undefined])('a handler that another package made, of kind %s', (kind) => {
  test('trusts no identity in its message', async () => {
    const handle = await handlerOf(kind, RESOLVERS);
    const raw = { fields: {}, properties: {}, content: Buffer.from('{}') };
    expect(await handle(MESSAGE, raw)).toBe('nobody');
    expect(await handle(MESSAGE, raw)).toBe('nobody');
    const said = shop!.events.map(({ userId, anonymousId, context }) => ({ userId, anonymousId, context }));
    const unsaid = { userId: 'service', anonymousId: undefined, context: undefined };
    expect(said).toEqual([unsaid, unsaid]);
  });

  test('does not wait for an answer, as there is none', async () => {
    const handle = await handlerOf(kind, RESOLVERS, 'onRefund');
    await handle(MESSAGE, { raw: { statusCode: 500, finished: false, headersSent: true } });
    expect(shop!.names).toEqual(['Order Refunded']);
  });

  test('uses the resolver that the application declares', async () => {
    const handle = await handlerOf(kind, [fromRequestUser(({ id }: { id: string }) => id)]);
    expect(await handle(MESSAGE, {})).toEqual({ userId: 'victim' });
  });
});
