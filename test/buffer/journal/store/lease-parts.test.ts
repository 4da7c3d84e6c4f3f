import { expect, test } from '@jest/globals';
import type { HeldEvent } from '../../../../lib/event/lane-event.js';
import { anEvent } from '../../../support/an-event.js';
import { Desk, expectBalanced } from '../commands/desk.js';
import { numberOf } from './on-disk.js';

test('a lease passes over calls of another part, and keeps their order', async () => {
  const desk = new Desk(['shop']);
  const application = await desk.open();
  const types = ['track', 'identify', 'track', 'group', 'track', 'identify', 'track'] as const;
  await desk.accept(application, ...types.map((type, n) => anEvent({ type, properties: { n } })));
  const limits = {
    maxEvents: 3,
    maxBytes: 1e9,
    partition: ({ event }: HeldEvent) => event.type,
  };
  const leases: number[][] = [];
  for (;;) {
    const lease = application.buffer.lease('shop', limits);
    if (lease === undefined || lease.events.length === 0) break;
    leases.push(lease.events.map(numberOf));
    application.buffer.settle('shop', lease.token, lease.events, { state: 'delivered' });
  }
  expect(leases).toEqual([[0, 2, 4], [1], [3], [5], [6]]);
  expectBalanced(application, ['shop']);
});
