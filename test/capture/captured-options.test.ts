import { describe, expect, test } from '@jest/globals';
import { CapturedOptions } from '../../lib/capture/call.js';
import { snapshot } from '../../lib/event/snapshot.js';
import { tracking } from '../support/tracking.js';

const WHO = { userId: 'ann' };

describe('options of a decorated method', () => {
  test('look like plain options, and contain the source', () => {
    const options = new CapturedOptions('Orders.create', { ...WHO, key: undefined, timestamp: 5 });
    expect(options).toEqual({ userId: 'ann', timestamp: 5 });
    expect(Object.keys(options)).toEqual(['userId', 'timestamp']);
    expect(CapturedOptions.placeOf(options)?.source).toBe('Orders.create');
    expect(CapturedOptions.placeOf({ userId: 'ann', timestamp: 5 })?.source).toBeUndefined();
  });

  test('save a second copy of properties that were copied before', () => {
    const { service, shop } = tracking();
    const options = new CapturedOptions('Orders.create', WHO);
    const kept = snapshot({ orderId: 'O-1' }, 1_000);
    options.keep(kept);
    service.track('Order Completed', kept.value, options);
    expect(shop.events[0]!.properties).toBe(kept.value);
  });

  test('do not save the copy of other properties', () => {
    const { service, shop } = tracking();
    const options = new CapturedOptions('Orders.create', WHO);
    options.keep(snapshot({ orderId: 'O-1' }, 1_000));
    const others = { orderId: 'O-2' };
    service.track('Order Completed', others, options);
    expect(shop.events[0]!.properties).toEqual({ orderId: 'O-2' });
    expect(shop.events[0]!.properties).not.toBe(others);
  });

  test('do not change the limit of an event', () => {
    const { service } = tracking({ maxEventBytes: 1_000 });
    const options = new CapturedOptions('Orders.create', WHO);
    const kept = snapshot({ text: 'x'.repeat(2_000) }, 10_000);
    options.keep(kept);
    expect(service.track('Order Completed', kept.value, options)).toBeUndefined();
    expect(service.stats().rejected).toEqual({ too_large: 1 });
  });
});
