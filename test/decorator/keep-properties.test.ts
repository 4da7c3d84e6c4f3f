import { expect, test } from '@jest/globals';
import { CapturedOptions } from '../../lib/capture/call.js';
import { keepProperties } from '../../lib/decorator/evaluate-options.js';

const verdict = (properties: object) => ({
  properties,
  options: new CapturedOptions('Orders.create', { userId: 'ann' }),
});

test('an event that waits for the response has a copy of the properties', () => {
  const order = { id: 'O-1', lines: [{ sku: 'a' }] };
  const kept = keepProperties(verdict(order));
  order.lines[0]!.sku = 'changed';
  expect(kept).toMatchObject({ properties: { id: 'O-1', lines: [{ sku: 'a' }] } });
});

test('groups stay with events that wait for the response', () => {
  const shared = new CapturedOptions('Orders.create', {
    userId: 'ann',
    timestamp: new Date(5),
    groups: { company: 'acme' },
  });
  expect(keepProperties({ properties: {}, options: shared })).toMatchObject({
    options: { userId: 'ann', timestamp: new Date(5), groups: { company: 'acme' } },
  });
});

test('no more is copied than the door would take', () => {
  let read = 0;
  const rows = Array.from({ length: 100_000 }, () => ({
    get text() {
      read++;
      return 'x'.repeat(100);
    },
  }));
  expect(keepProperties(verdict({ rows }), 10_000)).toMatchObject({ refused: 'too_large' });
  expect(read).toBeLessThan(200);
});
