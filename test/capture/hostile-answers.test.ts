import { expect, test } from '@jest/globals';
import type { Admission } from '../../lib/destinations/destination.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { expectAccounted } from '../support/accounting.js';
import { takeProcessFaults } from '../support/process-faults.js';
import { ANN, Shop, tracking } from '../support/tracking.js';

const failing = (): Promise<never> => Promise.reject(new Error('hunter2'));
const answers = (said: () => unknown) => said as () => never;

test.each<[string, Partial<TrackingModuleOptions>]>([
  ['a decision', { consent: answers(() => ({ analytics: { decision: failing() } })) }],
  ['fields', { consent: answers(() => ({ analytics: { decision: 'allow', fields: failing() } })) }],
  ['a decision after a wrong one', { consent: answers(() => ({ analytics: 'no', advertising: failing() })) }],
  ['a decision after an unknown key', { consent: answers(() => ({ typo: 'allow', analytics: failing() })) }],
  ['the properties', { redact: (event) => ({ ...event, properties: failing() as never }) }],
  ['the name', { redact: (event) => ({ ...event, name: failing() as never }) }],
  ['the context', { redact: (event) => ({ ...event, context: failing() as never }) }],
])(
  'a hook that promises %s rejects the event, and its failure does not end the process',
  async (_what, options) => {
    takeProcessFaults();
    const { service, shop } = tracking(options);
    service.track('Order Completed', { n: 1 }, ANN);
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the promise would come now
    expect(takeProcessFaults()).toEqual([]);
    expect(shop.events).toEqual([]);
    expect(service.stats()).toMatchObject({ called: 1, accepted: 0 });
    expectAccounted(service.stats());
  },
);

test('properties that are a promise are refused, and never stored as empty', () => {
  const { service, shop, spoken } = tracking();
  service.track('Order Completed', Promise.resolve({ n: 1 }), ANN);
  expect(shop.events).toEqual([]);
  expect(service.stats().rejected).toEqual({ unserialisable: 1 });
  expect(spoken.all.join()).toContain('a promise');
});

const circular: Record<string, unknown> = {};
circular['self'] = circular;

test.each<[string, unknown]>([
  ['a bigint', 1n],
  ['a circular object', circular],
  ['a nested object', { shifted: { by: 1 } }],
  ['a number that is not finite', Number.NaN],
  ['a function', () => 1],
])('%s is no note: its lane does without the event, and the others have it', (_what, note) => {
  const odd = new Shop('odd', { accept: () => ({ note }) as Admission });
  const { service, shop } = tracking({ destinations: [odd, new Shop('other')] });
  service.track('Order Completed', {}, ANN);
  const { accepted, lanes } = service.stats();
  expect([accepted, lanes['odd']!.declined, lanes['other']!.accepted]).toEqual([1, { encode_error: 1 }, 1]);
  expectAccounted(service.stats());
  expect(shop.events).toEqual([]);
});
