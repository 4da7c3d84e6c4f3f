import { Test } from '@nestjs/testing';
import { describe, expect, test } from '@jest/globals';
import { TrackingService } from 'nestjs-tracking';
import { trackingMatchers, trackingRecorder, TrackingTestingModule } from 'nestjs-tracking/testing';
import 'nestjs-tracking/testing/jest';

/** A runner's output without colours. */
function messageOf(fails: () => void): string {
  try {
    fails();
  } catch (error) {
    // eslint-disable-next-line no-control-regex -- colours
    return (error as Error).message.replaceAll(/\u001b\[\d+m/g, '');
  }
  throw new Error('it passed');
}

async function recorded() {
  const module = await Test.createTestingModule({ imports: [TrackingTestingModule.forRoot()] }).compile();
  return { tracking: module.get(TrackingService), recorder: trackingRecorder(module), module };
}

describe('toHaveTracked()', () => {
  test('checks a name, some properties and other members, and ignores the rest', async () => {
    const { tracking, recorder, module } = await recorded();
    tracking.track(
      'Order Completed',
      {
        orderId: '1001',
        revenue: 99.5,
        items: [{ sku: 'a', count: 1 }],
        ship: { city: 'Bonn', zip: '53111' },
      },
      { userId: 'ann', timestamp: new Date(1_750_000_000_000) },
    );
    for (const recordedBy of [recorder, tracking, module])
      expect(recordedBy).toHaveTracked('Order Completed');
    expect(recorder).toHaveTracked('Order Completed', { revenue: 99.5 });
    expect(recorder).toHaveTracked('Order Completed', {
      ship: { city: 'Bonn' },
      items: [{ sku: 'a', count: 1 }],
    });
    expect(recorder).toHaveTracked(
      'Order Completed',
      {},
      { userId: 'ann', timestamp: new Date(1_750_000_000_000) },
    );
    expect(recorder).toHaveTracked('Order Completed', {}, { timestamp: '2025-06-15T15:06:40Z' });
    expect(recorder).not.toHaveTracked('Order Completed', {}, { timestamp: '2025-06-15T15:06:41Z' });
    expect(recorder).toHaveTracked('Order Completed', undefined, { type: 'track', lanes: ['test'] });
  });

  test('checks groups, with ids as events keep them, and shows those of an event', async () => {
    const { tracking, recorder } = await recorded();
    tracking.track('Order Completed', {}, { groups: { company: 7, team: 'a' } });
    tracking.group('acme', {}, { groupType: 'company' });
    expect(recorder).toHaveTracked('Order Completed', {}, { groups: { company: 7 } });
    expect(recorder).toHaveTracked('Order Completed', {}, { groups: { company: expect.any(String) } });
    expect(recorder).not.toHaveTracked('Order Completed', {}, { groups: { company: 'b' } });
    expect(recorder).toHaveTracked('group', {}, { groupId: 'acme', groupType: 'company' });
    expect(messageOf(() => expect(recorder).not.toHaveTracked('Order Completed'))).toContain(
      '"company": "7"',
    );
  });

  test('accepts asymmetric matchers, also in place of all properties', async () => {
    const { tracking, recorder } = await recorded();
    tracking.track('Order Completed', { orderId: '1001', revenue: 99.5 });
    expect(recorder).toHaveTracked(
      'Order Completed',
      { revenue: expect.any(Number), orderId: expect.stringMatching(/^\d+$/) },
      { id: expect.any(String) },
    );
    expect(recorder).toHaveTracked('Order Completed', expect.objectContaining({ revenue: 99.5 }) as object);
    expect(recorder).not.toHaveTracked('Order Completed', { revenue: expect.any(String) });
    expect(recorder).not.toHaveTracked(
      'Order Completed',
      expect.not.objectContaining({ revenue: 99.5 }) as object,
    );
  });

  test('accepts ids in the form of the call', async () => {
    const { tracking, recorder } = await recorded();
    tracking.track('Seen', {}, { userId: 7, anonymousId: 8n });
    expect(recorder).toHaveTracked('Seen', {}, { userId: 7, anonymousId: 8n });
    expect(recorder).not.toHaveTracked('Seen', {}, { userId: 8 });
  });

  test.each([
    [{ revenue: 98 }, {}],
    [{ coupon: 'x' }, {}],
    [{ items: [] }, {}],
    [{}, { userId: 'bob' }],
    [{ revenue: 99.5 }, { anonymousId: 'visitor' }],
  ])('tells %j of %j apart', async (properties, members) => {
    const { tracking, recorder } = await recorded();
    tracking.track('Order Completed', { revenue: 99.5, items: ['a'] }, { userId: 'ann' });
    expect(recorder).not.toHaveTracked('Order Completed', properties, members);
  });

  test('reports that nothing was tracked', async () => {
    const { recorder } = await recorded();
    expect(messageOf(() => expect(recorder).toHaveTracked('Order Completed'))).toBe(
      [
        'expect(recorder).toHaveTracked(name)',
        '',
        'Expected event: "Order Completed"',
        'Nothing was tracked.',
      ].join('\n'),
    );
  });

  test('shows the tracked events, and why calls of this name recorded nothing', async () => {
    const { tracking, recorder } = await recorded();
    tracking.track('Order completed');
    tracking.track('Seen');
    tracking.track('Seen');
    tracking.track('Order Completed', []);
    tracking.track('Order Completed', []);
    tracking.track('Another', []);
    expect(messageOf(() => expect(recorder).toHaveTracked('Order Completed', { revenue: 1 }))).toBe(
      [
        'expect(recorder).toHaveTracked(name, expected)',
        '',
        'Expected event: "Order Completed"',
        "Tracked: 'Order completed', 'Seen' (2 times).",
        "Not recorded: 'Order Completed' (rejected: unserialisable) 2 times.",
      ].join('\n'),
    );
  });

  test('shows how the nearest event differs, in the expected members only', async () => {
    const { tracking, recorder } = await recorded();
    tracking.track('Order Completed', { orderId: '1', revenue: 1, currency: 'EUR' }, { userId: 'ann' });
    tracking.track('Order Completed', { orderId: '2', revenue: 5, currency: 'EUR' }, { userId: 'ann' });
    tracking.track('Order Completed', { orderId: '3' }, { userId: 'bob' });
    const message = messageOf(() =>
      expect(recorder).toHaveTracked(
        'Order Completed',
        { orderId: expect.any(String), revenue: 4, currency: 'EUR' },
        { userId: 'ann' },
      ),
    );
    expect(message).toContain('None of the 3 tracked fits; the nearest one differs:');
    expect(message).toContain('-     "revenue": 4,');
    expect(message).toContain('+     "revenue": 5,');
    expect(message).toContain('      "orderId": Any<String>,');
    expect(message.match(/^[-+] /gm)).toHaveLength(4); // the two legends, and one line on either side
    expect(message).not.toContain('acceptedAt');
  });

  test('with .not, shows the events that it found', async () => {
    const { tracking, recorder } = await recorded();
    tracking.track('Seen', { page: '/a' }, { userId: 'ann' });
    tracking.track('Seen', { page: '/b' }, { userId: 'ann' });
    expect(messageOf(() => expect(recorder).not.toHaveTracked('Seen', { page: '/b' }))).toBe(
      [
        'expect(recorder).not.toHaveTracked(name, expected)',
        '',
        'Expected no event "Seen" with {"properties": {"page": "/b"}}, but it was tracked once:',
        '{"properties": {"page": "/b"}, "userId": "ann"}',
      ].join('\n'),
    );
    expect(messageOf(() => expect(recorder).not.toHaveTracked('Seen'))).toContain(
      'Expected no event "Seen", but it was tracked 2 times:',
    );
  });
});

describe('toHaveTrackedTimes()', () => {
  test('counts events of a name', async () => {
    const { tracking, recorder } = await recorded();
    expect(recorder).toHaveTrackedTimes('Seen', 0);
    tracking.track('Seen');
    tracking.track('Seen');
    tracking.track('Paid');
    expect(recorder).toHaveTrackedTimes('Seen', 2);
    expect(recorder).not.toHaveTrackedTimes('Seen', 1);
  });

  test('counts a key once, and reports the duplicate', async () => {
    const { tracking, recorder } = await recorded();
    tracking.track('Paid', {}, { key: 1, timestamp: 1_750_000_000_000 });
    tracking.track('Paid', {}, { key: 1, timestamp: 1_750_000_000_000 });
    expect(messageOf(() => expect(recorder).toHaveTrackedTimes('Paid', 2))).toBe(
      [
        'expect(recorder).toHaveTrackedTimes(name, times)',
        '',
        'Event: "Paid"',
        'Expected times: 2',
        'Received times: 1',
        '',
        "Tracked: 'Paid'.",
        "Not recorded: 'Paid' (duplicate).",
      ].join('\n'),
    );
    expect(messageOf(() => expect(recorder).not.toHaveTrackedTimes('Paid', 1))).toContain(
      'Expected times: not 1',
    );
  });
});

test('without a recorder, the matchers name what is missing', () => {
  for (const nothing of [undefined, null, {}, 'recorder']) {
    expect(() => expect(nothing).toHaveTracked('Seen')).toThrow('overrideTracking()');
    expect(() => expect(nothing).not.toHaveTrackedTimes('Seen', 1)).toThrow('overrideTracking()');
  }
  expect(Object.keys(trackingMatchers)).toEqual(['toHaveTracked', 'toHaveTrackedTimes']);
});
