import { describe, expect, test } from '@jest/globals';
import type { LaneFilter } from '../../lib/capture/routing/lane-filter.js';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, Shop, tracking } from '../support/tracking.js';

function two(filter: LaneFilter, options: object = {}) {
  const ads = new Shop('ads');
  const plain = new Shop('plain');
  return { ...tracking({ destinations: [ads, plain], filter: { ads: filter }, ...options }), ads, plain };
}

describe('filter of a destination', () => {
  test('accepts the names that it lists; other destinations get all events', () => {
    const { service, ads, plain, spoken } = two(['Order Completed', 'identify']);
    service.track('Order Completed', {}, ANN);
    service.track('Signed Up', {}, ANN);
    service.identify({ plan: 'pro' }, ANN);
    service.group('acme', {}, ANN);
    expect(ads.events.map(({ name }) => name)).toEqual(['Order Completed', 'identify']);
    expect(plain.events).toHaveLength(4);
    expect(service.stats().lanes['ads']!.declined).toEqual({ filtered: 2 });
    expect(spoken.all).toEqual([]);
    expectAccounted(service.stats());
  });

  test('may be a function that gets a copy of the final event', () => {
    const seen: TrackingEvent[] = [];
    const { service, ads } = two(
      (event) => {
        seen.push(structuredClone(event));
        Object.assign(event.properties, { more: true });
        Object.assign(event, { name: 'Other' });
        return event.properties['revenue'] === 5;
      },
      { redact: { keys: [/email/] } },
    );
    service.track('Order Completed', { revenue: 5, email: 'e' }, ANN);
    service.track('Order Completed', { revenue: 6 }, ANN);
    expect(seen[0]!.properties).toEqual({ revenue: 5, email: '[redacted]' });
    expect(ads.events).toMatchObject([
      { name: 'Order Completed', properties: { revenue: 5, email: '[redacted]' } },
    ]);
  });

  test.each<[string, LaneFilter]>([
    [
      'throws',
      () => {
        throw new TypeError('hunter2');
      },
    ],
    ['returns nothing', () => undefined as never],
    ['returns 1', () => 1 as never],
    ['returns a promise', (() => Promise.resolve(true)) as never],
    ['fails later', (() => Promise.reject(new Error('hunter2'))) as never],
  ])('that %s declines for its lane alone, and is logged once', async (_, filter) => {
    const { service, ads, plain, spoken } = two(filter);
    for (let i = 0; i < 2; i++) service.track('Order Completed', {}, ANN);
    expect([ads.events.length, plain.events.length]).toEqual([0, 2]);
    expect(service.stats().lanes['ads']!.declined).toEqual({ filter_error: 2 });
    expect(spoken.warnings).toEqual([expect.stringMatching(/destination 'ads' \(filter_error/)]);
    expect(spoken.all.join()).not.toContain('hunter2');
    expectAccounted(service.stats());
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the promise would come now
  });

  test('of the only destination suppresses the events that it leaves out, without a warning', () => {
    const { service, spoken } = tracking({ filter: { shop: ['Order Completed'] } });
    expect(service.track('Signed Up', {}, ANN)).toBeUndefined();
    expect(service.stats()).toMatchObject({ accepted: 0, rejected: {}, suppressed: { filtered: 1 } });
    expect(spoken.all).toEqual([]);
    expectAccounted(service.stats());
  });

  test.each<[unknown, string]>([
    [{ shopp: ['a'] }, 'filter.shopp'],
    [{ shop: [] }, 'filter.shop'],
    [{ shop: 'Order Completed' }, 'filter.shop'],
    [{ shop: [5] }, 'filter.shop[0]'],
    [{ shop: [''] }, 'filter.shop[0]'],
    [['shop'], 'filter'],
    [() => true, 'filter'],
  ])('fails at start as %p', (filter, option) => {
    const start = (): unknown => resolveOptions({ destinations: [new Shop()], filter: filter as never });
    expect(start).toThrow(TrackingConfigError);
    expect(start).toThrow(expect.objectContaining({ option }) as never);
  });
});
