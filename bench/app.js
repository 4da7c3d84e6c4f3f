import { AsyncLocalStorage } from 'node:async_hooks';
import 'reflect-metadata';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { link } from './link.js';
import { EVENT, USER } from './order.js';
import { startProfile } from './profiler.js';
import { subject } from './subjects.js';

/** A small Nest application on Express, with or without tracking, that tells what CPU it spent. */
let app;
let flush = async () => {};
let spent;
let profile;

link(process, {
  async open({ tracking, setting, url }) {
    const parts = await (PARTS[tracking]?.({ setting, url }) ?? byHand(tracking, { setting, url }));
    app = await NestFactory.create(appModule(parts), { logger: false });
    if (parts.middleware) app.use(parts.middleware);
    // who is signed in, as an authentication middleware leaves it
    app.use((request, response, next) => {
      request.user = { id: USER };
      next();
    });
    await app.listen(0, '127.0.0.1');
    flush = (await parts.flush?.(app)) ?? flush;
    return `http://127.0.0.1:${app.getHttpServer().address().port}`;
  },
  begin: () => void (spent = process.cpuUsage()),
  /** Microseconds since `begin`, with everything delivered. */
  async end() {
    await flush();
    const { user, system } = process.cpuUsage(spent);
    return user + system;
  },

  async startProfile() {
    profile = await startProfile();
  },
  stopProfile: () => profile.stop(),
});

/** What each way of tracking adds to the application. */
const PARTS = {
  none: () => ({}),

  /** What any request-wide context costs on this Node: nothing but the context. */
  context() {
    const context = new AsyncLocalStorage();
    return { middleware: (request, response, next) => context.run({ request, response }, next) };
  },

  /** The module is there, the route is not decorated. */
  async module({ setting, url }) {
    const { trackingModule } = await import('./subjects/ours.js');
    return { imports: [trackingModule({ setting, url })] };
  },

  async ours({ setting, url }) {
    const { trackingModule } = await import('./subjects/ours.js');
    const { Track, TrackingService } = await import('../dist/esm/index.js');
    return {
      imports: [trackingModule({ setting, url })],
      decorate: Track(EVENT, { properties: (order) => order }),
      flush: (app) => () => app.get(TrackingService).flush({ timeoutMs: 10_000 }),
    };
  },
};

/** As an application calls a vendor's SDK: in the handler, once the order exists. */
async function byHand(tracking, how) {
  const { create } = await subject(tracking);
  const { track, flush } = await create(how);
  return { after: track, flush: () => flush };
}

function appModule({ imports = [], decorate, after }) {
  const OrdersController = after
    ? class OrdersController {
        async create(body) {
          const order = { ...body };
          after(order);
          return order;
        }
      }
    : class OrdersController {
        async create(body) {
          return { ...body };
        }
      };
  const method = Object.getOwnPropertyDescriptor(OrdersController.prototype, 'create');
  const decorated = [Post(), decorate]
    .filter(Boolean)
    .reduceRight(
      (descriptor, decorator) => decorator(OrdersController.prototype, 'create', descriptor) ?? descriptor,
      method,
    );
  Object.defineProperty(OrdersController.prototype, 'create', decorated);
  Body()(OrdersController.prototype, 'create', 0);
  Controller('orders')(OrdersController);

  class AppModule {}
  Module({ imports, controllers: [OrdersController] })(AppModule);
  return AppModule;
}
