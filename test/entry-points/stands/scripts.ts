import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { METHODS, type Stand } from '../stand.js';
import { Work } from '../work.js';
import { Adornment } from './adornment.js';
import { ordersOf } from './orders.js';

const adornment = new Adornment();

const { Orders, ScopedOrders } = ordersOf({ on: () => () => undefined, adornment: adornment.decorator });

type Methods = Record<string, (person: string) => unknown>;

/** Services that a script or a timer calls, under `runAs()`. */
export const scripts: Stand = {
  name: 'services that a timer calls',
  handlers: 'Orders',
  sources: { scoped: 'ScopedOrders.scoped' },
  lacks: { guarded: 'Nest has no guards for what it does not call' },
  contextless: true,
  async start() {
    const collector = await Collector.start();
    @Module({
      imports: [TrackingModule.forRoot({ destinations: [collector.destination] })],
      providers: [Orders, ScopedOrders, Work],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const tracking = app.get(TrackingService);
    return {
      tracking,
      async call(operation, person) {
        const method = METHODS[operation];
        const orders = (
          operation === 'scoped' ? await app.resolve(ScopedOrders) : app.get(Orders)
        ) as Methods;
        const run = (): unknown => orders[method]!(person ?? 'nobody');
        const result = await new Promise((resolve) =>
          setTimeout(
            () => resolve(person === undefined ? run() : tracking.runAs({ userId: person }, run)),
            0,
          ),
        );
        if (operation === 'adorned') adornment.expectCalled(orders[method]);
        return isObservable(result) ? lastValueFrom(result) : result;
      },
      delivered: () => collector.delivered(tracking),
      async close() {
        await app.close();
        await collector.close();
      },
    };
  },
};
