import { describe, expect, test } from '@jest/globals';
import type { LaneEntry } from '../../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { cutEvent, isNewer, personCall, replaces } from '../../../lib/delivery/order/person-call.js';
import { anEvent } from '../../support/an-event.js';

const aHeld = (members: Partial<TrackingEvent>, entry?: LaneEntry) => ({
  event: anEvent({ type: 'identify', name: 'identify', ...members }),
  entry,
  position: 5,
  bytes: 300,
  since: 0,
});

describe('the call of an event', () => {
  test('is about the person under every id that the lane has, and the group', () => {
    const keysOf = (...held: Parameters<typeof aHeld>) => personCall(aHeld(...held), 1).keys;
    expect(keysOf({ userId: 'ann' }, { browser: { anonymousId: 'ga-1' } })).toEqual(['pann', 'pga-1']);
    expect(keysOf({ userId: 'ann', anonymousId: 'v-1' }, { browser: { anonymousId: 'ga-1' } })).toEqual([
      'pann',
      'pv-1',
    ]);
    expect(keysOf({ type: 'alias', userId: 'ann', previousId: 'v-1' })).toEqual(['pann', 'pv-1']);
    expect(keysOf({ type: 'group', userId: 'ann', groupId: 'acme' })).toEqual(['pann', 'g[null,"acme"]']);
  });

  test('is about no other person if the lane gets it without its person', () => {
    const stripped = { id: 'x', anonymousId: 'own-1' };
    const call = personCall(aHeld({ type: 'group', userId: 'ann', groupId: 'acme' }, { stripped }), 1);
    expect(call).toMatchObject({ userId: undefined, keys: ['pown-1'], group: undefined });
  });

  test('sets the traits that the lane sends', () => {
    const held = aHeld({ properties: { plan: 'free', gone: undefined } });
    expect(personCall(held, 1).names).toEqual(['plan']);
    const mapped = aHeld({ properties: { plan: 'free' } }, { properties: { Plan: 'free', Seats: 1 } });
    expect(personCall(mapped, 1).names).toEqual(['Plan', 'Seats']);
    expect(cutEvent(mapped, new Set(['Plan'])).entry?.properties).toEqual({ Seats: 1 });
  });

  test('is newer by the order of acceptance; a copy, or one of another process, by the time', () => {
    const call = (position: number, acceptedAt: number, isCopy?: boolean) =>
      personCall({ ...aHeld({ acceptedAt }), position, ...(isCopy && { isCopy }) }, 1);
    expect(isNewer(call(2, 1_000), call(1, 2_000))).toBe(true);
    expect(isNewer(call(0, 1_000), call(1, 2_000))).toBe(false);
    expect(isNewer(call(9, 1_000, true), call(1, 2_000))).toBe(false);
  });

  test('replaces another of the same people that sets nothing else', () => {
    const call = (number: number, members: Partial<TrackingEvent>) =>
      personCall({ ...aHeld(members), position: number }, number);
    const older = call(1, { properties: { plan: 'free' } });
    expect(replaces(call(2, { properties: { plan: 'pro', seats: 1 } }), older)).toBe(true);
    expect(replaces(call(2, { properties: { seats: 1 } }), older)).toBe(false);
    expect(replaces(older, call(2, { properties: { plan: 'pro' } }))).toBe(false);
  });
});
