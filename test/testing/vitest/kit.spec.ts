import { Test } from '@nestjs/testing';
import { memory, Track, TrackingModule, TrackingService, webhook } from 'nestjs-tracking';
import {
  destinationConformance,
  fakeDestination,
  overrideTracking,
  TestClock,
  trackingRecorder,
  TrackingTestingModule,
} from 'nestjs-tracking/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Orders, shopModule } from '../shop.js';

class Returns {
  @Track('Order Returned', { properties: (id: string) => ({ id }), user: { userId: 'ann' }, timestamp: 1 })
  back(id: string): string {
    return id;
  }
}

// Run by Vitest, as in applications; `vitest.test.ts` checks the result.

async function recorded() {
  const module = await overrideTracking(Test.createTestingModule({ imports: [shopModule()] })).compile();
  await module.init();
  return { module, recorder: trackingRecorder(module), tracking: module.get(TrackingService) };
}

describe('under Vitest', () => {
  test('a real application module runs, and its events are recorded at once', async () => {
    const { module, recorder, tracking } = await recorded();
    await module.get(Orders).ship('1001');
    tracking.track('Order Completed', { revenue: 99.5, items: ['a'] }, { userId: 'ann' });
    expect(recorder).toHaveTracked('Order Shipped', { orderId: '1001' }, { userId: 'test-user' });
    expect(tracking).toHaveTracked('Order Completed', { revenue: expect.any(Number) }, { userId: 'ann' });
    expect(module).not.toHaveTracked('Order Completed', { revenue: 1 });
    expect(recorder).toHaveTrackedTimes('Order Completed', 1);
    expect(recorder).not.toHaveTrackedTimes('Order Completed', 2);
    await module.close();
  });

  test('an outage takes no time', async () => {
    const clock = new TestClock();
    const segment = fakeDestination({ name: 'segment' }).failNext(3);
    const module = await Test.createTestingModule({
      imports: [TrackingTestingModule.forRoot({ clock, destinations: [segment] })],
    }).compile();
    const id = module.get(TrackingService).track('Paid');
    await clock.advance(60_000);
    expect(segment.received.map((event) => event.id)).toEqual([id]);
    await module.close();
  });

  test('an object of vi.fn() gets the events of decorated methods', async () => {
    const tracking = { track: vi.fn() };
    const module = await Test.createTestingModule({
      imports: [TrackingModule.forRoot({ destinations: [webhook({ url: 'http://127.0.0.1:9/events' })] })],
      providers: [Returns],
    })
      .overrideProvider(TrackingService)
      .useValue(tracking)
      .compile();
    await module.init();
    module.get(Returns).back('o-1');
    expect(tracking.track.mock.calls).toStrictEqual([
      ['Order Returned', { id: 'o-1' }, { userId: 'ann', timestamp: 1 }],
    ]);
    await module.close();
  });

  afterEach(() => void vi.useRealTimers());

  test.each(['before it starts', 'once it has started'])(
    'with fake timers, installed %s, close() of the real module ends',
    async (moment) => {
      if (moment === 'before it starts') vi.useFakeTimers();
      const module = await Test.createTestingModule({
        imports: [
          TrackingModule.forRoot({
            destinations: [webhook({ url: 'http://127.0.0.1:9/events' })],
            buffer: memory(),
            shutdown: { timeoutMs: 300 },
          }),
        ],
      }).compile();
      await module.init();
      if (moment === 'once it has started') {
        vi.useFakeTimers({
          toFake: ['setTimeout', 'setImmediate', 'queueMicrotask', 'performance'],
        });
      }
      const tracking = module.get(TrackingService);
      tracking.track('Order Completed', {}, { userId: 'ann' });
      await module.close();
      expect(tracking.stats().lanes['webhook']).toMatchObject({ pending: 0, dropped: { closed: 1 } });
    },
  );

  test('FAILS: a property differs', async () => {
    const { recorder, tracking } = await recorded();
    tracking.track('Order Completed', { orderId: '1', revenue: 5, currency: 'EUR' });
    expect(recorder).toHaveTracked('Order Completed', { orderId: expect.any(String), revenue: 4 });
  });

  test('FAILS: it was tracked after all', async () => {
    const { recorder, tracking } = await recorded();
    tracking.track('Seen', { page: '/' });
    expect(recorder).not.toHaveTracked('Seen');
  });

  test('FAILS: it was refused', async () => {
    const { recorder, tracking } = await recorded();
    tracking.track('Seen', []);
    expect(recorder).toHaveTrackedTimes('Seen', 1);
  });
});

describe('the conformance kit under Vitest', () => {
  const url = 'http://127.0.0.1:9/events';
  const suite = destinationConformance({
    create: (options, credentials) => webhook({ url: credentials ? url : undefined, ...options }),
    runs: 10,
  });
  for (const { name, run } of suite) test(name, run);
});
