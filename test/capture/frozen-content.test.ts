import { describe, expect, test } from '@jest/globals';
import type { Destination } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import { type JournaledLife, JournaledTracking } from '../support/journaled-tracking.js';
import { ANN, Shop } from '../support/tracking.js';

type Sent = [id: string, name: string, properties: unknown];

/** A platform that answers as the test wants. */
class Ads extends Shop {
  static answer: 'delivered' | 'retry' | 'rejected' = 'delivered';
  static sent: Sent[] = [];

  constructor(members: Partial<Destination> = {}) {
    super('ads', { batch: { maxDelayMs: 0 }, ...members });
  }

  override encode(batch: readonly LaneEvent[]) {
    Ads.sent.push(...batch.map(({ event }): Sent => [event.id, event.name, event.properties]));
    return super.encode(batch);
  }

  decode(_answer: unknown, batch: readonly LaneEvent[]) {
    return new Map(batch.map(({ event }) => [event.id, { kind: Ads.answer }]));
  }
}

const FIRST: Destination['map'] = {
  events: { 'Order Completed': 'purchase' },
  properties: { revenue: 'value' },
};
const OTHER: Destination['map'] = () => ({ name: 'other', properties: {} });
const DEPLOYMENTS: [string, Destination['map'] | undefined][] = [
  ['the same map', FIRST],
  ['another map', OTHER],
  ['a map that leaves everything out', () => null],
  ['no map', undefined],
];

/** One order, not delivered yet. */
async function ordered(journal: JournaledTracking, answer: typeof Ads.answer) {
  Ads.answer = answer;
  Ads.sent = [];
  const life = await journal.start({ destinations: [new Ads({ map: FIRST })] });
  const id = life.service.track('Order Completed', { revenue: 5, cart: 'c' }, ANN)!;
  const expected: Sent = [id, 'purchase', { cart: 'c', value: 5 }];
  await journal.when(() => Ads.sent.length > 0);
  await journal.turns(50);
  return { life, expected };
}

const again = (journal: JournaledTracking, map: Destination['map'] | undefined): Promise<JournaledLife> =>
  journal.start({ destinations: [new Ads(map && { map })] });

const delivered = ({ service }: JournaledLife) => service.stats().lanes['ads']!.delivered;

describe.each(DEPLOYMENTS)(
  'what map made of an event is sent as it was, after a deployment with %s',
  (_, map) => {
    test.each(['a shutdown', 'a kill'])('by a retry after %s', async (end) => {
      const journal = new JournaledTracking();
      const { life, expected } = await ordered(journal, 'retry');
      if (end === 'a kill') life.kill();
      else await life.close();
      Ads.answer = 'delivered';
      const next = await again(journal, map);
      await journal.when(() => delivered(next) === 1);
      expect(new Set(Ads.sent.map((sent) => JSON.stringify(sent)))).toEqual(
        new Set([JSON.stringify(expected)]),
      );
      expect(Ads.sent.length).toBeGreaterThan(1);
      await next.close();
    });

    test('by a replay', async () => {
      const journal = new JournaledTracking();
      const { life, expected } = await ordered(journal, 'delivered');
      await life.close();
      const next = await again(journal, map);
      expect(await journal.ask(next, 'replay', { filter: {} })).toMatchObject({ value: { events: 1 } });
      await journal.when(() => delivered(next) === 1);
      expect(Ads.sent).toEqual([expected, expected]);
      await next.close();
    });

    test('by a dead letter that is retried', async () => {
      const journal = new JournaledTracking();
      const { life, expected } = await ordered(journal, 'rejected');
      await journal.when(() => life.service.stats().lanes['ads']!.dead === 1);
      await life.close();
      Ads.answer = 'delivered';
      const next = await again(journal, map);
      expect(await journal.ask(next, 'dead.retry', { filter: {} })).toMatchObject({ value: { events: 1 } });
      await journal.when(() => delivered(next) === 1);
      expect(Ads.sent).toEqual([expected, expected]);
      await next.close();
    });
  },
);
