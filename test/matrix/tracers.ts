/** Requests to the package as it is installed, below a real tracer that was loaded before: `with-opentelemetry`, `with-sentry`. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type ExecutionContext, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../entry-points/collector.js';
import { Orders, RECORDED, Stock, UNRECORDED, user } from '../entry-points/traced-orders.js';

async function hold(platform: string): Promise<void> {
  const collector = await Collector.start();
  @Module({
    imports: [TrackingModule.forRoot({ destinations: [collector.destination] })],
    controllers: [Orders],
    providers: [Stock],
  })
  class Shop {}
  const app: INestApplication =
    platform === 'Fastify'
      ? await NestFactory.create(Shop, new FastifyAdapter(), { logger: false })
      : await NestFactory.create(Shop, { logger: false });
  const handlers = new Set<unknown>();
  app.useGlobalGuards(user, {
    canActivate: (context: ExecutionContext) => handlers.add(context.getHandler()).size > 0,
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  // Only when an answer has ended is it known whether its event is recorded.
  let ended: Promise<unknown> | undefined;
  const server = app.getHttpServer() as NodeJS.EventEmitter;
  server.prependListener('request', (_: unknown, response: ServerResponse) => {
    ended = once(response, 'close');
  });
  const ask = async (path: string, method = 'GET'): Promise<number | undefined> => {
    const status = await fetch(url + path, { method }).then(
      async (answer) => (await answer.text(), answer.status),
      () => undefined,
    );
    await ended;
    return status;
  };

  let seen = 0;
  const recorded = async (): Promise<readonly unknown[]> => {
    const all = await collector.delivered(app.get(TrackingService));
    const news = all.slice(seen).map(({ name, source, userId }) => [name, source, userId]);
    seen = all.length;
    return news;
  };
  for (const { method, path, events, userId = 'ada' } of RECORDED) {
    assert.ok((await ask(path, method))! < 400 || path === '/tracked-above', path);
    const expected = events.map(([name, source]) => [name, source, userId]);
    assert.deepEqual(await recorded(), expected, `${platform}: ${path}`);
  }
  for (const [what, path] of Object.entries(UNRECORDED)) {
    assert.ok(((await ask(path)) ?? 500) >= 400, what);
    assert.deepEqual(await recorded(), [], `${platform}: ${what}`);
  }
  // Without wrappers in their place, this has proved nothing.
  for (const handler of handlers) {
    assert.ok(
      !Object.values(Object.getOwnPropertyDescriptors(Orders.prototype)).some(
        ({ value }) => value === handler,
      ),
    );
  }
  assert.ok(handlers.size > 0);
  await app.close();
  await collector.close();
}

async function holdAll(): Promise<void> {
  for (const platform of ['Express', 'Fastify']) await hold(platform);
}

holdAll().then(
  () => console.log('done'),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
