import { describe, expect, test } from '@jest/globals';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { PACKAGE_VERSION } from '../../../lib/host/package-version.js';
import { messageOf } from '../../../lib/destinations/segment-protocol/message.js';
import { anEvent } from '../an-event.js';

const LIBRARY = { name: 'nestjs-tracking', version: PACKAGE_VERSION };
const ID = '0198c2a0-1111-7a11-8111-000000000001';

const sent = (members: Partial<TrackingEvent>): unknown =>
  JSON.parse(JSON.stringify(messageOf(anEvent({ id: ID, ...members }), ID)));
const contextOf = (members: Partial<TrackingEvent>): unknown => messageOf(anEvent(members), ID).context;

describe('a message', () => {
  const common = {
    messageId: ID,
    userId: 'user-1001',
    timestamp: '2026-01-01T00:00:00.000Z',
    context: { library: LIBRARY },
  };

  test('of track() has the name as `event`, and both ids', () => {
    const event = { name: 'Order Completed', anonymousId: 'visitor', properties: { revenue: 49.95 } };
    expect(sent(event)).toEqual({
      ...common,
      type: 'track',
      anonymousId: 'visitor',
      event: 'Order Completed',
      properties: { revenue: 49.95 },
    });
  });

  test('of identify() has traits', () => {
    expect(sent({ type: 'identify', properties: { plan: 'pro' } })).toEqual({
      ...common,
      type: 'identify',
      traits: { plan: 'pro' },
    });
  });

  test('of group() has the group and its traits; the type is in the context, as the protocol has no place for it', () => {
    const event = { type: 'group', groupId: 'acme', groupType: 'company', properties: { seats: 5 } } as const;
    expect(sent(event)).toEqual({
      ...common,
      type: 'group',
      groupId: 'acme',
      traits: { seats: 5 },
      context: { library: LIBRARY, groupType: 'company' },
    });
  });

  test('of alias() joins two ids, and no third one', () => {
    expect(sent({ type: 'alias', previousId: 'visitor', anonymousId: 'browser' })).toEqual({
      ...common,
      type: 'alias',
      previousId: 'visitor',
    });
  });

  test.each([
    [{ userId: 'Guest', anonymousId: 'visitor' }, { userId: 'Guest' }],
    [{ userId: 'user-1001', anonymousId: 'anonymous' }, { userId: 'user-1001' }],
    [
      { userId: 'user-1001', anonymousId: 'visitor' },
      { userId: 'user-1001', anonymousId: 'visitor' },
    ],
  ])('with %j joins no two ids of which many people share one', (given, ids) => {
    for (const type of ['track', 'identify', 'group'] as const) {
      const { userId, anonymousId } = messageOf(anEvent({ type, ...given }), ID);
      expect({ userId, anonymousId }).toEqual(ids);
    }
  });

  test('has the time when the event happened, not when it was accepted', () => {
    expect(sent({ timestamp: 1_577_836_800_123 })).toMatchObject({ timestamp: '2020-01-01T00:00:00.123Z' });
  });
});

describe('its context', () => {
  test('is as recorded, with this package as the `library`', () => {
    const context = { ip: '203.0.113.7', locale: 'de-CH', library: { name: 'other' }, route: '/orders/:id' };
    expect(contextOf({ context })).toEqual({ ...context, library: LIBRARY });
  });

  test.each([
    [{ referrer: 'https://shop.example/cart' }, { page: { url: 'https://shop.example/cart' } }],
    [
      { referrer: 'https://shop.example/cart', page: { title: 'Cart' } },
      { page: { title: 'Cart', url: 'https://shop.example/cart' } },
    ],
    [
      { referrer: 'https://shop.example/cart', page: { url: 'https://shop.example/pay' } },
      { page: { url: 'https://shop.example/pay' } },
    ],
    [{ referrer: 'https://shop.example/cart', page: 'Cart' }, { page: { url: 'https://shop.example/cart' } }],
    [{ referrer: { type: 'search' } }, { referrer: { type: 'search' } }],
  ])('the page that called the API is its page: %j', (context, expected) => {
    expect(contextOf({ context })).toEqual({ ...expected, library: LIBRARY });
  });

  test('one group is its `groupId`, unless the application gave another', () => {
    const groups = { company: 'acme' };
    expect(contextOf({ groups })).toEqual({ library: LIBRARY, groups, groupId: 'acme' });
    expect(contextOf({ groups, context: { groupId: 'own' } })).toMatchObject({ groupId: 'own' });
  });

  test('several groups are in `groups` alone', () => {
    const groups = { company: 'acme', team: 'red' };
    expect(contextOf({ groups })).toEqual({ library: LIBRARY, groups });
  });

  test('changes nothing in the event', () => {
    const context = Object.freeze({ referrer: 'https://shop.example/cart', page: Object.freeze({}) });
    expect(() => contextOf({ context, groups: Object.freeze({ company: 'acme' }) })).not.toThrow();
  });
});
