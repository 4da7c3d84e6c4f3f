import { describe, expect, test } from '@jest/globals';
import type { TrackingEvent } from '../../../../lib/event/tracking-event.js';
import { anEvent } from '../../../support/an-event.js';
import { Desk, expectBalanced, type Application } from '../commands/desk.js';

const SEGMENT_BYTES = 65_536;
const MAX_BYTES = 4 * SEGMENT_BYTES;
const BOTH = ['shop', 'hook'];
const GROUP = 50;

function group(from: number): TrackingEvent[] {
  return Array.from({ length: GROUP }, (_, n) =>
    anEvent({ properties: { n: from + n, text: 'x'.repeat(300) }, lanes: BOTH }),
  );
}

/** Offers events, group by group, while one lane delivers; returns the lanes that rejected them. */
async function offerAll(
  desk: Desk,
  application: Application,
  groups: number,
  delivers: string,
): Promise<Map<string, number>> {
  const refused = new Map<string, number>();
  for (let at = 0; at < groups; at++) {
    for (const event of group(at * GROUP)) {
      const refusal = application.buffer.offer(
        event,
        600,
        event.lanes.map((lane) => ({ lane })),
      );
      for (const lane of refusal?.lanes ?? []) refused.set(lane, (refused.get(lane) ?? 0) + 1);
    }
    await desk.until(application.buffer.commit());
    await desk.deliver(application, delivers);
  }
  return refused;
}

describe('a journal that is full', () => {
  test('drops the oldest events of the slow lane, and none of the others', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, {
      segmentBytes: SEGMENT_BYTES,
      maxBytes: MAX_BYTES,
    });
    const refused = await offerAll(desk, application, 40, 'shop');
    await desk.turns(200);

    const { shop, hook } = {
      shop: application.buffer.ledger('shop'),
      hook: application.buffer.ledger('hook'),
    };
    expect(refused.size).toBe(0);
    expect(shop).toMatchObject({ accepted: 2_000, delivered: 2_000, pending: 0 });
    expect(shop.dropped.buffer_full).toBe(0);
    expect(hook.dropped.buffer_full).toBeGreaterThan(500);
    expect(hook.pending + hook.dropped.buffer_full).toBe(2_000);
    expect(application.buffer.journal().bytes).toBeLessThanOrEqual(MAX_BYTES);
    expectBalanced(application);

    // The newest events are left, in order.
    const left = await desk.deliver(application, 'hook');
    const numbers = left.map(({ event }) => event.properties['n'] as number);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 2_000 - numbers.length + n));
    expect(desk.dropped.filter(({ lane }) => lane === 'hook')).toHaveLength(hook.dropped.buffer_full);
  });

  test('rejects events of the slow lane only, until there is room again', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, {
      segmentBytes: SEGMENT_BYTES,
      maxBytes: MAX_BYTES,
      onFull: 'rejectNewest',
    });
    const refused = await offerAll(desk, application, 40, 'shop');

    expect(refused.get('shop')).toBeUndefined();
    expect(refused.get('hook')).toBeGreaterThan(500);
    expect(application.buffer.ledger('shop').delivered).toBe(2_000);
    expect(application.buffer.ledger('hook').dropped.buffer_full).toBe(0);
    expectBalanced(application);

    await desk.deliver(application, 'hook');
    await desk.turns(300);
    const again = await offerAll(desk, application, 2, 'shop');
    expect(again.size).toBe(0);
  });

  test('deletes settled events before it drops pending events', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, maxBytes: MAX_BYTES });
    for (let at = 0; at < 30; at++) {
      await desk.accept(application, ...group(at * GROUP));
      await desk.deliver(application, 'shop');
      await desk.deliver(application, 'hook');
      // Acknowledgements are written in passing.
      await desk.turns(5);
    }

    expect(application.buffer.ledger('hook').dropped.buffer_full).toBe(0);
    expect(application.buffer.journal().bytes).toBeLessThanOrEqual(MAX_BYTES);
    expectBalanced(application);
  });
});
