import { applyDecorators, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { METHODS, type Operation, type RunningStand, type Stand } from '../stand.js';
import { Work } from '../work.js';
import { Adornment } from './adornment.js';
import { Endings } from './endings.js';
import { ordersOf, type OrdersClasses } from './orders.js';

const LACKS: Stand['lacks'] = {
  observe: 'nobody subscribes to what a listener returns',
  guarded: 'Nest has no guards for listeners',
};

type Emit = (emitter: EventEmitter2, method: string, person: string) => Promise<unknown>;

/** Who it is comes from the surroundings of whoever emits. */
async function started(
  { Orders, ScopedOrders }: OrdersClasses,
  adornment: Adornment,
  emit: Emit,
): Promise<RunningStand> {
  const collector = await Collector.start();
  @Module({
    imports: [
      TrackingModule.forRoot({ destinations: [collector.destination] }),
      EventEmitterModule.forRoot({ global: true }),
    ],
    providers: [Orders, ScopedOrders, Work],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const tracking = app.get(TrackingService);
  const emitter = app.get(EventEmitter2);
  return {
    tracking,
    async call(operation: Operation, person) {
      const method = METHODS[operation];
      const identity = person === undefined ? {} : { userId: person };
      const heard = await tracking.runAs(identity, () => emit(emitter, method, person ?? 'nobody'));
      if (operation === 'adorned') adornment.expectCalled(Reflect.get(Orders.prototype as object, method));
      return heard;
    },
    delivered: () => collector.delivered(tracking),
    async close() {
      await app.close();
      await collector.close();
    },
  };
}

/** `emit()` returns at once. `async`: listeners start in a later turn of the event loop. */
function emitted(async: boolean): Stand {
  const endings = new Endings();
  const adornment = new Adornment();
  const classes = ordersOf({
    on: (operation) => applyDecorators(endings.told, OnEvent(METHODS[operation], { async })),
    adornment: adornment.decorator,
  });
  return {
    name: `${async ? 'asynchronous' : 'synchronous'} listeners of an event emitter`,
    handlers: 'Orders',
    sources: { scoped: 'ScopedOrders.scoped' },
    lacks: LACKS,
    contextless: true,
    answers: false,
    start: () =>
      started(classes, adornment, async (emitter, method, person) => {
        const ended = endings.of(method, person);
        emitter.emit(method, person);
        await ended;
      }),
  };
}

/** `emitAsync()`: whoever emits waits for the listeners, and hears of their errors. */
function awaited(): Stand {
  const adornment = new Adornment();
  const classes = ordersOf({
    on: (operation) => OnEvent(METHODS[operation], { promisify: true, suppressErrors: false }),
    adornment: adornment.decorator,
  });
  return {
    name: 'awaited listeners of an event emitter',
    handlers: 'Orders',
    sources: { scoped: 'ScopedOrders.scoped' },
    lacks: LACKS,
    contextless: true,
    start: () =>
      started(classes, adornment, async (emitter, method, person) => {
        const [heard] = (await emitter.emitAsync(method, person)) as unknown[];
        return heard;
      }),
  };
}

export const synchronousListeners = emitted(false);
export const asynchronousListeners = emitted(true);
export const awaitedListeners = awaited();
