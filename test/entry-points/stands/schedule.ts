import { applyDecorators, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { type Identity, RunAs, TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { METHODS, type Stand } from '../stand.js';
import { Work } from '../work.js';
import { Adornment } from './adornment.js';
import { dressAs } from './dress-as.js';
import { Endings } from './endings.js';
import { ordersOf } from './orders.js';

/** What is due when a job starts: jobs get no arguments. */
interface Due {
  readonly person: string;
  readonly identity: Identity | undefined;
}

let due: Due | undefined;

/** Hands what is due to the handler, as a job does that asks its database. */
const withWhatIsDue: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
  const original = descriptor.value as (...args: unknown[]) => unknown;
  const wrapper = function (this: unknown): unknown {
    return original.call(this, due?.person, due?.identity);
  };
  dressAs(original, wrapper);
  descriptor.value = wrapper;
};

const endings = new Endings();
const adornment = new Adornment();

const { Orders } = ordersOf({
  // Never due by itself: the jobs are fired by hand.
  on: (operation) =>
    applyDecorators(
      endings.told,
      withWhatIsDue,
      Cron('0 0 1 1 *', { name: METHODS[operation], disabled: true }),
    ),
  as: RunAs((_person: string, identity?: Identity) => identity),
  adornment: adornment.decorator,
});

export const schedule: Stand = {
  name: 'scheduled jobs',
  handlers: 'Orders',
  lacks: {
    observe: 'nobody subscribes to what a job returns',
    scoped: 'Nest schedules no methods of request-scoped providers',
    guarded: 'Nest has no guards for jobs',
  },
  contextless: true,
  answers: false,
  async start() {
    const collector = await Collector.start();
    @Module({
      imports: [TrackingModule.forRoot({ destinations: [collector.destination] }), ScheduleModule.forRoot()],
      providers: [Orders, Work],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const tracking = app.get(TrackingService);
    const jobs = app.get(SchedulerRegistry);
    return {
      tracking,
      async call(operation, person) {
        const method = METHODS[operation];
        const ended = endings.of(method, person ?? 'nobody');
        due = {
          person: person ?? 'nobody',
          identity: person === undefined ? undefined : { userId: person },
        };
        void jobs.getCronJob(method).fireOnTick();
        await ended;
        if (operation === 'adorned') adornment.expectCalled(Reflect.get(Orders.prototype as object, method));
      },
      delivered: () => collector.delivered(tracking),
      async close() {
        await app.close();
        await collector.close();
      },
    };
  },
};
