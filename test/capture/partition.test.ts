import { expect, test } from '@jest/globals';
import { ANN, Shop, tracking } from '../support/tracking.js';

test.each<[string, () => unknown]>([
  ['a promise that fails', () => Promise.reject(new Error('later'))],
  ['undefined', () => undefined],
  ['an object', () => ({})],
])('an event whose part is %s travels alone, and arrives', async (_, partition) => {
  const shop = new Shop('shop', { partition: partition as never });
  const { service, platform, clock } = tracking({ destinations: [shop] });
  service.track('One', {}, ANN);
  service.track('Two', {}, ANN);
  void service.flush();
  clock.advance(1_000);
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would come now
  expect(platform.received).toHaveLength(2);
});
