import { describe, expect, test } from '@jest/globals';
import type { Destination } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { JournaledTracking } from '../support/journaled-tracking.js';
import { ANN, Shop } from '../support/tracking.js';

const AT_ONCE = { batch: { maxDelayMs: 0 } };

/** A platform that was not there when the event was accepted. */
class Late extends Shop {
  readonly sent: LaneEvent[] = [];

  constructor(members: Partial<Destination> = {}) {
    super('late', { ...AT_ONCE, ...members });
  }

  override encode(batch: readonly LaneEvent[]) {
    this.sent.push(...batch);
    return super.encode(batch);
  }
}

/** The events that a replay to all destinations sends to a new one. */
async function replayed(
  late: Late,
  before: Partial<TrackingModuleOptions> = {},
  after: Partial<TrackingModuleOptions> = {},
): Promise<readonly LaneEvent[]> {
  const journal = new JournaledTracking();
  const there = (): Destination[] => [
    new Shop('plain', AT_ONCE),
    new Shop('ads', { ...AT_ONCE, purpose: 'advertising' }),
  ];
  const life = await journal.start({ destinations: there(), ...before });
  life.service.track('Order Completed', { revenue: 5, email: 'e' }, ANN);
  life.service.track('Signed Up', {}, ANN);
  await journal.when(() => life.service.stats().lanes['plain']!.delivered === 2);
  await life.close();
  const next = await journal.start({ destinations: [...there(), late], ...after });
  await journal.ask(next, 'replay', { filter: {}, to: 'all' });
  await journal.when(() => next.service.stats().lanes['plain']!.delivered === 2);
  await journal.turns(100);
  await next.close();
  return late.sent;
}

describe('a replay to a destination that is new', () => {
  test('passes the steps of an accepted event: filter, allowProperties, map, and the destination itself', async () => {
    const late = new Late({ allowProperties: ['revenue'], map: { properties: { revenue: 'value' } } });
    const sent = await replayed(late, {}, { filter: { late: ['Order Completed'] } });
    expect(sent.map(({ event: { name, properties } }) => [name, properties])).toEqual([
      ['Order Completed', { value: 5 }],
    ]);
    expect(late.events).toMatchObject([{ properties: { value: 5 } }]);
  });

  test('is declined if consent decides about destinations, because it never decided about this one', async () => {
    expect(await replayed(new Late(), {}, { consent: () => 'allow' })).toEqual([]);
  });

  test.each(['drop', 'strip'] as const)(
    'is declined where consent said %s for another one, whatever is configured now',
    async (advertising) => {
      expect(await replayed(new Late(), { consent: () => ({ advertising }) })).toEqual([]);
    },
  );
});

describe('a replay to destinations that were there', () => {
  test('never goes to one from which consent, filter or map withheld the event', async () => {
    const journal = new JournaledTracking();
    const lanes = (map?: Destination['map']) => [
      new Shop('plain', AT_ONCE),
      new Shop('ads', { ...AT_ONCE, purpose: 'advertising' }),
      new Shop('filtered', AT_ONCE),
      new Shop('mapped', { ...AT_ONCE, ...(map && { map }) }),
    ];
    const life = await journal.start({
      destinations: lanes(() => null),
      consent: () => ({ advertising: 'drop' }),
      filter: { filtered: ['Signed Up'] },
    });
    life.service.track('Order Completed', {}, ANN);
    await journal.when(() => life.service.stats().lanes['plain']!.delivered === 1);
    await life.close();
    const next = await journal.start({ destinations: lanes() });
    await journal.ask(next, 'replay', { filter: {}, to: 'all' });
    await journal.when(() => next.service.stats().lanes['plain']!.delivered === 1);
    await journal.turns(100);
    const after = next.service.stats().lanes;
    expect(['ads', 'filtered', 'mapped'].map((lane) => after[lane]!.replayed)).toEqual([0, 0, 0]);
    await next.close();
  });
});
