import { describe, expect, test } from '@jest/globals';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import type { DestinationMap, MappedContent } from '../../lib/destinations/destination-map.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, Shop, tracking } from '../support/tracking.js';

/** A shop that keeps what it is asked to send. */
class Ads extends Shop {
  readonly sent: LaneEvent[] = [];

  override encode(batch: readonly LaneEvent[]) {
    this.sent.push(...batch);
    return super.encode(batch);
  }
}

function two(map: DestinationMap, rest: object = {}) {
  const ads = new Ads('ads', { map, ...rest });
  const plain = new Ads('plain');
  return { ...tracking({ destinations: [ads, plain] }), ads, plain };
}

async function sent(it: ReturnType<typeof two>): Promise<void> {
  const flushed = it.service.flush();
  await it.clock.elapse(1_000, 5);
  await flushed;
  expectAccounted(it.service.stats());
}

describe('map of a destination', () => {
  test('changes its events when it accepts and when it sends, and not those of other destinations', async () => {
    const it = two({ events: { 'Order Completed': 'purchase' }, properties: { revenue: 'value' } });
    const id = it.service.track('Order Completed', { revenue: 5 }, ANN);
    await sent(it);
    const expected = { id, name: 'purchase', properties: { value: 5 }, userId: 'ann' };
    expect(it.ads.events).toMatchObject([expected]);
    expect(it.ads.sent.map(({ event }) => event)).toMatchObject([expected]);
    expect(it.plain.sent.map(({ event }) => event)).toMatchObject([
      { id, name: 'Order Completed', properties: { revenue: 5 } },
    ]);
  });

  test('runs once, after `allowProperties`, and its result is not narrowed again', async () => {
    const seen: unknown[] = [];
    const it = two(
      ({ properties }) => {
        seen.push(properties);
        return { properties: { ...properties, total: 1 } };
      },
      { allowProperties: ['revenue'] },
    );
    let fails = true;
    it.platform.reply = ({ host }) => {
      if (host !== 'ads.example' || !fails) return undefined;
      fails = false;
      return { status: 503 };
    };
    it.service.track('Order Completed', { revenue: 5, email: 'e' }, ANN);
    await sent(it);
    expect(seen).toEqual([{ revenue: 5 }]);
    expect(it.ads.sent).toHaveLength(2);
    for (const { event } of it.ads.sent) expect(event.properties).toEqual({ revenue: 5, total: 1 });
  });

  test('may return null to leave an event out, which others accept', async () => {
    const it = two(() => null);
    expect(it.service.track('Order Completed', {}, ANN)).toBeDefined();
    await sent(it);
    const { lanes, rejected } = it.service.stats();
    expect([lanes['ads']!.declined, lanes['plain']!.delivered, rejected]).toEqual([{ filtered: 1 }, 1, {}]);
    expect(it.spoken.all).toEqual([]);
  });

  test('that fails declines for its lane alone, and is logged once for each place, without a value', () => {
    const it = two(() => {
      throw new TypeError('hunter2');
    });
    for (let i = 0; i < 3; i++) it.service.track('Order Completed', { card: 'hunter2' }, ANN);
    it.service.track('Signed Up', {}, ANN);
    expect(it.service.stats().lanes['ads']!.declined).toEqual({ map_error: 4 });
    expect(it.plain.events).toHaveLength(4);
    expect(it.spoken.warnings).toEqual([
      expect.stringMatching(
        /^event 'Order Completed' was not recorded for destination 'ads' \(map_error, TypeError\)/,
      ),
      expect.stringMatching(/^event 'Signed Up'/),
    ]);
    expect(it.spoken.all.join()).not.toContain('hunter2');
    expectAccounted(it.service.stats());
  });

  test('rejects the event if it fails for the only destination, and suppresses an event that it leaves out', () => {
    const results: unknown[] = ['promise', null];
    const ads = new Ads('ads', {
      map: () => {
        const next = results.shift();
        return next === 'promise' ? (Promise.reject(new Error('late')) as never) : (next as null);
      },
    });
    const { service, spoken } = tracking({ destinations: [ads] });
    expect(service.track('Order Completed', {}, ANN)).toBeUndefined();
    expect(service.track('Order Completed', {}, ANN)).toBeUndefined();
    expect(service.stats()).toMatchObject({ rejected: { map_error: 1 }, suppressed: { filtered: 1 } });
    expect(spoken.warnings).toHaveLength(1);
    expectAccounted(service.stats());
  });

  test('counts with its result towards the limits of the destination and the module', () => {
    const text = (units: number): MappedContent => ({ properties: { text: 'x'.repeat(units) } });
    const it = two(({ properties }) => text(properties['units'] as number), {
      limits: { maxEvents: 500, maxBytes: 20_000_000, maxEventBytes: 2_000 },
    });
    for (const units of [1_000, 2_000, 5_000]) it.service.track('Order Completed', { units }, ANN);
    expect(it.ads.events).toHaveLength(1);
    expect(it.service.stats().lanes['ads']!.declined).toEqual({ too_large: 2 });
    const all = new Ads('ads', { map: () => text(3_000) });
    const small = tracking({ destinations: [all, new Ads('plain')], maxEventBytes: 2_000 });
    small.service.track('Order Completed', {}, ANN);
    expect(small.service.stats().lanes['ads']!.declined).toEqual({ too_large: 1 });
  });

  test('may make a too large event fit', () => {
    const it = two(() => ({ properties: {} }), {
      limits: { maxEvents: 500, maxBytes: 20_000_000, maxEventBytes: 2_000 },
    });
    it.service.track('Order Completed', { text: 'x'.repeat(3_000) }, ANN);
    expect(it.ads.events).toMatchObject([{ properties: {} }]);
  });

  test('that records the event itself is not called again for it', () => {
    let asked = 0;
    const it = two(() => {
      asked++;
      it.service.track('Inner', {}, ANN);
      return {};
    });
    it.service.track('Outer', {}, ANN);
    expect(asked).toBe(1);
    expect(it.service.stats().lanes['ads']!.declined).toEqual({ map_error: 1 });
    expect(it.plain.events).toHaveLength(2);
  });
});
