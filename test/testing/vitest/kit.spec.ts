import { Test } from '@nestjs/testing';
import { TrackingService } from 'nestjs-tracking';
import {
  fakeDestination,
  overrideTracking,
  TestClock,
  trackingRecorder,
  TrackingTestingModule,
} from 'nestjs-tracking/testing';
import { describe, expect, test } from 'vitest';
import { Orders, shopModule } from '../shop.js';

// Run by Vitest, as applications run it; `vitest.test.ts` looks at what comes of it.

async function recorded() {
  const module = await overrideTracking(Test.createTestingModule({ imports: [shopModule()] })).compile();
  await module.init();
  return { module, recorder: trackingRecorder(module), tracking: module.get(TrackingService) };
}

describe('under Vitest', () => {
  test('a real application module runs, and its events are there at once', async () => {
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
    tracking.track('Seen', { n: 1n });
    expect(recorder).toHaveTrackedTimes('Seen', 1);
  });
});
