import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { TrackingService } from 'nestjs-tracking';
import {
  fakeDestination,
  TestClock,
  TrackingRecorder,
  trackingRecorder,
  TrackingTestingModule,
} from 'nestjs-tracking/testing';
import type { TrackingTestingModuleOptions } from 'nestjs-tracking/testing';
import 'nestjs-tracking/testing/jest';
import { expectAccounted } from '../support/accounting.js';
import { Orders } from './shop.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function module(options?: TrackingTestingModuleOptions) {
  @Module({ providers: [Orders], exports: [Orders] })
  class FarAway {}
  const built = await Test.createTestingModule({
    imports: [FarAway, TrackingTestingModule.forRoot(options)],
  }).compile();
  closing.push(() => built.close());
  return built.init();
}

describe('TrackingTestingModule.forRoot()', () => {
  test('gives every module the real service, and a recorder to inject', async () => {
    const tested = await module();
    const recorder = tested.get(TrackingRecorder);
    await tested.get(Orders, { strict: false }).ship('1001');
    expect(recorder).toHaveTracked(
      'Order Shipped',
      { orderId: '1001' },
      { userId: 'test-user', lanes: ['test'] },
    );
    expect(trackingRecorder(tested)).toBe(recorder);
    expectAccounted(tested.get(TrackingService).stats());
  });

  test('knows destinations by name, and fakes', async () => {
    const clock = new TestClock();
    const segment = fakeDestination({ name: 'segment' });
    const tested = await module({ destinations: ['kissmetrics', segment], clock });
    const tracking = tested.get(TrackingService);
    tracking.track('Seen', {}, { destinations: ['kissmetrics'] });
    tracking.track('Paid', {}, { destinations: ['segment'] });
    await clock.advance(1_000);
    expect(segment.received.map(({ name }) => name)).toEqual(['Paid']);
    expect(tracking.stats().lanes).toMatchObject({
      kissmetrics: { delivered: 1 },
      segment: { delivered: 1 },
    });
  });

  test('accepts the module’s other options, and gives no identity on request', async () => {
    const tested = await module({
      identity: false,
      options: { redact: (event) => ({ ...event, properties: {} }) },
    });
    const tracking = tested.get(TrackingService);
    tracking.track('Seen');
    tracking.track('Seen', { secret: 1 }, { userId: 'ann' });
    const { events, refused } = tested.get(TrackingRecorder);
    expect(events).toEqual([expect.objectContaining({ userId: 'ann', properties: {} })]);
    expect(refused).toEqual([expect.objectContaining({ reason: 'no_identity' })]);
  });

  test('gives every application its own recorder, also if they share the module object', async () => {
    const shared = TrackingTestingModule.forRoot();
    const [one, other] = await Promise.all(
      [1, 2].map(() => Test.createTestingModule({ imports: [shared] }).compile()),
    );
    closing.push(
      () => one!.close(),
      () => other!.close(),
    );
    one!.get(TrackingService).track('Seen');
    expect(one).toHaveTracked('Seen');
    expect(other).not.toHaveTracked('Seen');
  });
});
