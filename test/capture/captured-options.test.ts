import { describe, expect, test } from '@jest/globals';
import { CapturedOptions } from '../../lib/capture/captured-options.js';
import { snapshot } from '../../lib/event/snapshot.js';
import { tracking } from '../support/tracking.js';

const WHO = { userId: 'ann' };

describe('options of a decorated method', () => {
  test('look like plain options, and carry the source all the same', () => {
    const options = new CapturedOptions('Orders.create', { ...WHO, key: undefined, timestamp: 5 });
    expect(options).toEqual({ userId: 'ann', timestamp: 5 });
    expect(Object.keys(options)).toEqual(['userId', 'timestamp']);
    expect(CapturedOptions.placeOf(options)?.source).toBe('Orders.create');
    expect(CapturedOptions.placeOf({ userId: 'ann', timestamp: 5 })?.source).toBeUndefined();
  });

  test('save the door the second copy of properties that are kept already', () => {
    const { service, shop } = tracking();
    const options = new CapturedOptions('Orders.create', WHO);
    const kept = snapshot({ orderId: 'O-1' }, 1_000);
    options.keep(kept);
    service.track('Order Completed', kept.value, options);
    expect(shop.events[0]!.properties).toBe(kept.value);
  });

  test('vouch for no other properties', () => {
    const { service, shop } = tracking();
    const options = new CapturedOptions('Orders.create', WHO);
    options.keep(snapshot({ orderId: 'O-1' }, 1_000));
    const others = { orderId: 'O-2' };
    service.track('Order Completed', others, options);
    expect(shop.events[0]!.properties).toEqual({ orderId: 'O-2' });
    expect(shop.events[0]!.properties).not.toBe(others);
  });

  test('do not lift the limit of an event', () => {
    const { service } = tracking({ maxEventBytes: 1_000 });
    const options = new CapturedOptions('Orders.create', WHO);
    const kept = snapshot({ text: 'x'.repeat(2_000) }, 10_000);
    options.keep(kept);
    expect(service.track('Order Completed', kept.value, options)).toBeUndefined();
    expect(service.stats().rejected).toEqual({ too_large: 1 });
  });
});
