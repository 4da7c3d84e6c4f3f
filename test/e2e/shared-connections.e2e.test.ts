import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, Injectable, type OnApplicationShutdown, Param } from '@nestjs/common';
import { Aedes } from 'aedes';
import { connect, type MqttClient } from 'mqtt';
import { AsyncResource } from 'node:async_hooks';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { fromHeader, TrackingService } from '../../lib/index.js';
import { platforms, TrackedApplication } from './track-application.js';

let port: number;

/** A connection that the first request opens and all later ones share, such as one of a database pool. */
@Injectable()
class SharedConnection implements OnApplicationShutdown {
  #client: MqttClient | undefined;

  get client(): MqttClient {
    return (this.#client ??= connect(`mqtt://127.0.0.1:${port}`));
  }

  onApplicationShutdown(): Promise<unknown> {
    return this.#client?.endAsync(true) ?? Promise.resolve();
  }
}

@Controller('orders')
class OrdersController {
  constructor(
    private readonly shared: SharedConnection,
    private readonly tracking: TrackingService,
  ) {}

  @Get(':way')
  async place(@Param('way') way: 'callback' | 'bound' | 'awaited'): Promise<void> {
    const { client } = this.shared;
    const placed = (): unknown => this.tracking.track('Order Placed');
    if (way === 'awaited') {
      await client.publishAsync('orders', 'tea', { qos: 1 });
      placed();
      return;
    }
    await new Promise<void>((resolve) => {
      const done = (): void => {
        placed();
        resolve();
      };
      client.publish('orders', 'tea', { qos: 1 }, way === 'bound' ? AsyncResource.bind(done) : done);
    });
  }
}

describe.each(platforms)('a connection that requests share, on %s', (platform) => {
  let broker: Aedes;
  let server: Server;
  let application: TrackedApplication;

  beforeEach(async () => {
    broker = await Aedes.createBroker();
    server = createServer((socket) => void broker.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    application = await TrackedApplication.start(platform, {
      controllers: [OrdersController],
      providers: [SharedConnection],
      identity: { resolvers: [fromHeader('x-user', { as: 'userId' })] },
    });
  });

  afterEach(async () => {
    await application.close();
    await new Promise<void>((resolve) => broker.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['callback', 'its first request: the caveat in docs/identity.md', 'ann'],
    ['bound', 'its caller, bound by AsyncResource.bind()', 'bob'],
    ['awaited', 'its caller, because the promise is awaited', 'bob'],
  ])('%s: the event is of %s', async (way, _, expected) => {
    await application.request('/orders/awaited', { headers: { 'x-user': 'ann' } });
    application.clear();
    await application.request(`/orders/${way}`, { headers: { 'x-user': 'bob' } });
    expect(application.events.map(({ name, userId }) => ({ name, userId }))).toEqual([
      { name: 'Order Placed', userId: expected },
    ]);
  });
});
