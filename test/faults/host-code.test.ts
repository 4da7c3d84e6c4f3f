import { Controller, Get, Inject, Injectable, Req } from '@nestjs/common';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { Track } from '../../lib/decorator/track.decorator.js';
import { TrackingService } from '../../lib/tracking.service.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { PLATFORMS, WEBHOOK } from '../support/platforms.js';
import { RecordedLog } from '../support/recorded-log.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

let scene: Scene;
let server: MisbehavingServer;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
});

const boom = (): never => {
  throw new Error('boom');
};
const later = (): Promise<never> => Promise.reject(new Error('boom, later'));

describe.each(PLATFORMS)('$name()', (platform) => {
  let app: TrackedApplication;

  beforeEach(async () => {
    app = await scene.application({ destinations: [platform.destination(server)] });
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = { circle };
  it.each<[string, object]>([
    ['a circular reference', circle],
    ['a getter that throws', Object.defineProperty({}, 'total', { enumerable: true, get: boom })],
    ['a toJSON that throws', { order: { toJSON: boom } }],
    ['a proxy that throws', new Proxy({}, { ownKeys: boom })],
    ['text instead of an object', 'properties' as unknown as object],
  ])('refuses %s with a reason, and nothing else changes', async (_, properties) => {
    app.track(5);
    expect(app.tracking.track('Order Completed', properties, { userId: 'user' })).toBeUndefined();
    const recorded = app.tracking.record('Order Completed', properties, { userId: 'user' });
    await expect(recorded).resolves.toEqual({ state: 'rejected', reason: 'unserialisable' });
    app.track(5);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
    expect(app.stats()).toMatchObject({ called: 12, accepted: 10, rejected: { unserialisable: 2 } });
    expect(app.lane().retries).toBe(0);
  });

  it('rejects one event over the limit at the door, and no other', async () => {
    app.track(20);
    const large = { note: 'é'.repeat(1_048_576) };
    expect(app.tracking.track('Order Completed', large, { userId: 'user' })).toBeUndefined();
    app.track(20);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
    expect(app.stats().rejected).toEqual({ too_large: 1 });
    expect(app.lane()).toMatchObject({ delivered: 40, dead: 0, retries: 0 });
    expect(server.requests).toHaveLength(platform.name === 'kissmetrics' ? 40 : 1);
  });

  it('sends an object as it was when it was tracked, and never changes the object', async () => {
    server.behave(({ number }) => (number === 1 ? 503 : 200));
    const order = { n: 0, total: 10, items: [{ sku: 'first' }], placedAt: new Date(0) };
    app.tracking.track('Order Completed', order, { userId: 'user' });
    order.total = 99;
    order.items[0]!.sku = 'second';
    order.items.push({ sku: 'third' });
    order.placedAt.setFullYear(2000);
    await scene.until(app.idle);
    expect(order).toEqual({
      n: 0,
      total: 99,
      items: [{ sku: 'second' }, { sku: 'third' }],
      placedAt: order.placedAt,
    });
    expect(Object.isFrozen(order) || Object.isFrozen(order.items)).toBe(false);
    expect(server.requests).toHaveLength(2);
    for (const { body } of server.requests) {
      const text = decodeURIComponent(body);
      expect(text).toContain('first');
      expect(text).toContain('1970-01-01');
      // With the text around them: an id may have any digits.
      expect(text).not.toMatch(/total\W+99|second|third|2000-01-01/);
    }
  });
});

describe('code of the application that breaks', () => {
  const start = (
    options: Omit<TrackingModuleOptions, 'destinations'> = {},
    setup: object = {},
  ): Promise<TrackedApplication> =>
    scene.application({ destinations: [WEBHOOK.destination(server)], options, ...setup });

  it('removes subscribers of lifecycle$ that throw, also behind operators, and serves the others', async () => {
    const app = await start();
    const seen: string[] = [];
    app.tracking.lifecycle$.subscribe(boom);
    app.tracking.lifecycle$.pipe(map(boom)).subscribe(() => undefined);
    app.tracking.lifecycle$.pipe(map(({ type }) => type)).subscribe({ next: boom });
    app.tracking.lifecycle$.subscribe({ next: boom, error: boom, complete: boom });
    app.tracking.lifecycle$.subscribe({ complete: boom });
    app.tracking.lifecycle$.subscribe(({ type }) => seen.push(type));
    app.track(3);
    await scene.until(app.idle);
    await scene.settled();
    expect(seen).toEqual([...Array(3).fill('accepted'), ...Array(3).fill('delivered')]);
    expect(app.stats().notices).toEqual({ subscriber_error: 4 });
    expect(storedNumbers(server)).toEqual(app.numbers);
  });

  it.each([
    ['throws', boom],
    ['returns a promise', later],
    ['returns no event', () => 7],
  ])('sends nothing unredacted where redact %s', async (_, redact) => {
    const app = await start({ redact: redact as never });
    app.track(3);
    await scene.run(5_000);
    expect(app.stats()).toMatchObject({ accepted: 0, rejected: { redact_error: 3 } });
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['throws', boom, 'no_identity'],
    ['returns nonsense', () => 7, 'invalid_identity'],
  ])('rejects an event without a person if identity.fallback %s', async (_, fallback, reason) => {
    const app = await start({ identity: { fallback: fallback as never } });
    expect(app.tracking.track('Order Completed')).toBeUndefined();
    app.track(1);
    await scene.until(app.idle);
    expect(app.stats()).toMatchObject({ accepted: 1, rejected: { [reason]: 1 } });
  });

  @Controller()
  class ShopController {
    constructor(@Inject(TrackingService) private readonly tracking: TrackingService) {}

    @Get('buy')
    buy(@Req() request: { url: string }): string {
      this.tracking.track('Order Completed', { n: 0, url: request.url });
      return 'bought';
    }
  }

  it.each([
    ['throws', boom],
    ['returns a promise', later],
    ['returns nonsense', () => 7],
  ])('asks the next resolver where one %s, and answers the request', async (_, resolver) => {
    const app = await start(
      { identity: { resolvers: [resolver as never, () => ({ userId: 'known' })] } },
      { controllers: [ShopController] },
    );
    const response = await fetch(`${await app.url}/buy`);
    expect([response.status, await response.text()]).toEqual([200, 'bought']);
    await scene.until(app.idle);
    expect(server.requests[0]!.body).toContain('"userId":"known"');
    expect(app.stats().accepted).toBe(1);
  });

  @Injectable()
  class Orders {
    @Track('Order Completed', { user: { userId: 'user' }, properties: boom })
    properties(): number {
      return 7;
    }

    @Track('Order Completed', { user: { userId: 'user' }, when: later as never })
    when(): number {
      return 7;
    }

    @Track('Order Completed', { user: boom })
    user(): Promise<number> {
      return Promise.resolve(7);
    }

    @Track('Order Completed', { user: { userId: 'user' }, key: boom, durable: true })
    key(): Promise<number> {
      return Promise.resolve(7);
    }

    @Track('Order Completed', { user: { userId: 'user' }, timestamp: () => new Date(Number.NaN) })
    timestamp(): number {
      return 7;
    }

    @Track('Order Completed', { user: { userId: 'user' }, destinations: () => ['nowhere'] })
    destinations(): number {
      return 7;
    }
  }

  it('returns the result of a decorated method, whatever its options do, and counts the reason', async () => {
    const app = await start({}, { providers: [Orders] });
    const orders = app.nest.get(Orders);
    expect([orders.properties(), orders.when(), orders.timestamp(), orders.destinations()]).toEqual([
      7, 7, 7, 7,
    ]);
    await expect(scene.ended(Promise.all([orders.user(), orders.key()]))).resolves.toEqual([7, 7]);
    expect(app.stats()).toMatchObject({
      called: 6,
      accepted: 0,
      rejected: { option_error: 3, async_option: 1, invalid_timestamp: 1, no_destination: 1 },
    });
  });

  it('continues when the logger throws at every message', async () => {
    const logger = new RecordedLog();
    const app = await start({}, { logger });
    logger.log = logger.warn = logger.error = boom;
    server.behave(401);
    app.track(20);
    app.tracking.track('', {}, { userId: 'user' });
    app.tracking.track('Order Completed');
    await scene.run(30_000);
    server.behave(({ body }) => (body.includes('"n":3') ? 400 : 200));
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers.filter((n) => n !== 3));
    expect(app.lane()).toMatchObject({ dead: 1, delivered: 19 });
  });
});
