import { expect, test } from '@jest/globals';
import { captureMessages } from '../../lib/capture/capture.messages.js';
import { ANN, Shop, tracking } from '../support/tracking.js';

test('an event that every destination declines is rejected with its reason, and the warning names the destination', () => {
  const shop = new Shop('shop', { accept: () => ({ declined: 'invalid_id' }) });
  const { service, spoken } = tracking({ destinations: [shop] });
  expect(service.track('Signed Up', {}, ANN)).toBeUndefined();
  expect(service.stats().rejected.invalid_id).toBe(1);
  expect(spoken.warnings).toEqual([captureMessages.declined("event 'Signed Up'", 'shop', 'invalid_id')]);
});

test('an event that one of several declines is accepted, and counted as declined in that lane', () => {
  const shop = new Shop('shop', { accept: () => ({ declined: 'invalid_id' }) });
  const { service } = tracking({ destinations: [shop, new Shop('other')] });
  expect(service.track('Signed Up', {}, ANN)).toBeDefined();
  const { rejected, lanes } = service.stats();
  expect(rejected.invalid_id).toBe(0);
  expect(lanes['shop']!.declined.invalid_id).toBe(1);
  expect(lanes['shop']!.declined.too_large).toBe(0);
});

test('the log names the first event that one of several destinations declines, once for each reason', () => {
  const shop = new Shop('shop', {
    accept: ({ name }) => ({ declined: name === 'B' ? 'no_identity' : 'unsupported' }),
  });
  const { service, spoken } = tracking({ destinations: [shop, new Shop('other')] });
  for (const name of ['A', 'A', 'C', 'B']) service.track(name, {}, ANN);
  expect(spoken.warnings).toEqual([
    captureMessages.declinedHere("event 'A'", 'shop', 'unsupported'),
    captureMessages.declinedHere("event 'B'", 'shop', 'no_identity'),
  ]);
});

test('the log does not name calls other than track() that one of several destinations has no operation for', () => {
  const shop = new Shop('shop', { accept: () => ({ declined: 'unsupported' }) });
  const { service, spoken } = tracking({ destinations: [shop, new Shop('other')] });
  service.identify({ plan: 'pro' }, ANN);
  expect(service.stats().lanes['shop']!.declined.unsupported).toBe(1);
  expect(spoken.warnings).toEqual([]);
});

test('an event that a destination would not accept for its age is declined there when it is recorded', () => {
  const old = new Shop('old');
  const { service, clock } = tracking({ destinations: [new Shop('young', { maxAgeMs: 60_000 }), old] });
  const at = (ageMs: number) => ({ ...ANN, timestamp: clock.now() - ageMs });
  expect(service.track('Signed Up', {}, at(60_000))).toBeDefined();
  expect(service.stats().lanes['young']!.declined.expired).toBe(0);
  expect(service.track('Signed Up', {}, at(60_001))).toBeDefined();
  expect(service.stats().lanes['young']!.declined.expired).toBe(1);
  expect(old.events).toHaveLength(2);
});
