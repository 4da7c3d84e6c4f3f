import { expect, test } from '@jest/globals';
import { captureMessages } from '../../lib/capture/capture.messages.js';
import { ANN, Shop, tracking } from '../support/tracking.js';

test('what every destination declines is rejected with its reason, and the warning names who said so', () => {
  const shop = new Shop('shop', { accept: () => ({ declined: 'invalid_id' }) });
  const { service, spoken } = tracking({ destinations: [shop] });
  expect(service.track('Signed Up', {}, ANN)).toBeUndefined();
  expect(service.stats().rejected.invalid_id).toBe(1);
  expect(spoken.warnings).toEqual([captureMessages.declined("event 'Signed Up'", 'shop', 'invalid_id')]);
});

test('what one of several declines is accepted, and counted where it is missing', () => {
  const shop = new Shop('shop', { accept: () => ({ declined: 'invalid_id' }) });
  const { service } = tracking({ destinations: [shop, new Shop('other')] });
  expect(service.track('Signed Up', {}, ANN)).toBeDefined();
  const { rejected, lanes } = service.stats();
  expect(rejected.invalid_id).toBe(0);
  expect(lanes['shop']!.declined.invalid_id).toBe(1);
  expect(lanes['shop']!.declined.too_large).toBe(0);
});
