import { describe, expect, test } from '@jest/globals';
import { DeliveredTraits } from '../../../lib/delivery/order/delivered-traits.js';
import { personCall, type PersonCall } from '../../../lib/delivery/order/person-call.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent } from '../../support/an-event.js';

let numbers = 0;
function call(position: number, names: readonly string[], members: Partial<TrackingEvent> = {}): PersonCall {
  const properties = Object.fromEntries(names.map((name) => [name, 1]));
  const event = anEvent({ type: 'identify', name: 'identify', userId: 'ann', properties, ...members });
  return personCall({ event, position, bytes: 300, since: 0 }, ++numbers);
}

describe('the delivered traits', () => {
  test('add up over several calls', () => {
    const delivered = new DeliveredTraits();
    delivered.add(call(5, ['plan']));
    delivered.add(call(6, ['email']));
    expect(delivered.replaced(call(3, ['plan', 'email']))).toEqual({
      names: new Set(['plan', 'email']),
      isWhole: true,
    });
    expect(delivered.replaced(call(3, ['plan', 'seats']))).toMatchObject({ isWhole: false });
  });

  test('replace nothing of a newer call, of another type or of an alias', () => {
    const delivered = new DeliveredTraits();
    delivered.add(call(5, ['plan']));
    expect(delivered.replaced(call(7, ['plan']))).toBeUndefined();
    expect(delivered.replaced(call(3, ['plan'], { type: 'group', groupId: 'acme' }))).toBeUndefined();
    expect(delivered.replaced(call(3, [], { type: 'alias', previousId: 'visitor-1' }))).toBeUndefined();
  });

  test('do not replace a trait that only an older call has set', () => {
    const delivered = new DeliveredTraits();
    delivered.add(call(5, ['plan']));
    delivered.add(call(9, ['email']));
    expect(delivered.replaced(call(7, ['plan', 'email']))?.names).toEqual(new Set(['email']));
  });

  test('of a group are replaced by any person’s call; the membership is the person’s own', () => {
    const delivered = new DeliveredTraits();
    const group = { type: 'group', groupId: 'acme' } as const;
    delivered.add(call(5, ['size'], { ...group, userId: 'bob' }));
    expect(delivered.replaced(call(3, ['size'], { ...group, userId: 'bob' }))?.isWhole).toBe(true);
    expect(delivered.replaced(call(3, ['size'], group))).toEqual({
      names: new Set(['size']),
      isWhole: false,
    });
    expect(delivered.replaced(call(3, ['size'], { ...group, groupType: 'team' }))).toBeUndefined();
  });

  test('are those of the person also for a call under the id that an alias has joined', () => {
    const delivered = new DeliveredTraits();
    const visitor = { userId: undefined, anonymousId: 'visitor-1' } as unknown as Partial<TrackingEvent>;
    delivered.add(call(4, [], { type: 'alias', previousId: 'visitor-1' }));
    delivered.add(call(5, ['plan']));
    expect(delivered.replaced(call(3, ['plan'], visitor))).toEqual({
      names: new Set(['plan']),
      isWhole: true,
    });
    expect(delivered.replaced(call(3, ['plan'], { ...visitor, anonymousId: 'visitor-2' }))).toBeUndefined();
    expect(delivered.replaced(call(3, ['plan'], { ...visitor, userId: 'bob' }))).toBeUndefined();
  });

  test('are bounded in bytes: the people delivered longest ago are forgotten first', () => {
    const delivered = new DeliveredTraits(5_000);
    for (let i = 0; i < 100; i++) delivered.add(call(100 + i, ['plan'], { userId: `person ${i}` }));
    const known = Array.from({ length: 100 }, (_, i) => i).filter(
      (i) => delivered.replaced(call(1, ['plan'], { userId: `person ${i}` })) !== undefined,
    );
    expect(known.length).toBeGreaterThan(5);
    expect(known.length).toBeLessThan(20);
    expect(known).toEqual(Array.from({ length: known.length }, (_, i) => 100 - known.length + i));
  });

  test('are bounded for one person, too', () => {
    const delivered = new DeliveredTraits(1_000_000);
    for (let i = 0; i < 1_000; i++) delivered.add(call(100 + i, [`trait ${i}`]));
    const { names } = delivered.replaced(call(1, ['trait 999', 'trait 1']))!;
    expect([names.has('trait 999'), names.has('trait 1'), names.size]).toEqual([true, false, 8]);
  });
});

describe('an erased person', () => {
  const visitor = { anonymousId: 'visitor-1' };

  test('is forgotten under every id and under a group, and no other person is', () => {
    const delivered = new DeliveredTraits();
    delivered.add(call(5, ['plan'], visitor));
    delivered.add(call(6, ['seats'], { type: 'group', groupId: 'acme' }));
    delivered.add(call(7, ['plan'], { userId: 'bob' }));
    delivered.add(call(8, [], { type: 'alias', userId: 'ann', previousId: 'old-ann' }));
    delivered.forget(['pann']);
    for (const members of [
      visitor,
      { userId: 'old-ann' },
      { ...visitor, userId: undefined } as unknown as Partial<TrackingEvent>,
    ]) {
      expect(delivered.replaced(call(3, ['plan'], members))).toBeUndefined();
    }
    const group = { type: 'group', groupId: 'acme' } as const;
    expect(delivered.replaced(call(3, ['seats'], group))).toBeUndefined();
    expect(delivered.replaced(call(3, ['plan'], { userId: 'bob' }))).toMatchObject({ isWhole: true });
  });

  test('forgets also people whom only a property identifies', () => {
    const delivered = new DeliveredTraits();
    delivered.add(call(5, ['plan'], visitor));
    delivered.forget(undefined);
    expect(delivered.replaced(call(3, ['plan'], visitor))).toBeUndefined();
  });
});
