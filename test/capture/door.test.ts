import { describe, expect, test } from '@jest/globals';
import { bindInstance } from '../../lib/decorator/tracking-binding.js';
import type { Reason } from '../../lib/event/reasons.js';
import { memory, Track, type TrackingModuleOptions } from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, Shop, tracking, type Tracking } from '../support/tracking.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const circle: { self?: object } = {};
circle.self = circle;

describe('a refused call is counted under its reason, and warned of once', () => {
  test.each<[Reason, (service: Tracking['service']) => unknown, Partial<TrackingModuleOptions>?]>([
    ['no_identity', (service) => service.track('Seen')],
    ['invalid_identity', (service) => service.track('Seen', {}, { userId: '' })],
    ['invalid_identity', (service) => service.track('Seen', {}, { userId: Number.NaN })],
    ['invalid_identity', (service) => service.track('Seen', {}, { userId: {} as string })],
    ['invalid_name', (service) => service.track('', {}, ANN)],
    ['invalid_name', (service) => service.track(' \t\n', {}, ANN)],
    ['invalid_name', (service) => service.track('x'.repeat(1_001), {}, ANN)],
    ['invalid_name', (service) => service.track(undefined as unknown as string, {}, ANN)],
    ['invalid_name', (service) => service.track({ toString: () => 'Seen' } as string, {}, ANN)],
    ['invalid_id', (service) => service.group('', {}, ANN)],
    ['invalid_id', (service) => service.group(undefined as unknown as string, {}, ANN)],
    ['invalid_id', (service) => service.alias('visitor', '')],
    ['invalid_id', (service) => service.alias('', 'ann')],
    ['invalid_id', (service) => service.alias('ann', 'ann')],
    ['invalid_id', (service) => service.alias(5, '5')],
    ['invalid_timestamp', (service) => service.track('Seen', {}, { ...ANN, timestamp: Number.NaN })],
    ['invalid_timestamp', (service) => service.track('Seen', {}, { ...ANN, timestamp: new Date('soon') })],
    [
      'invalid_timestamp',
      (service) => service.track('Seen', {}, { ...ANN, timestamp: '2026-01-01' as never }),
    ],
    ['invalid_timestamp', (service) => service.track('Seen', {}, { ...ANN, timestamp: 8.64e15 + 1 })],
    ['invalid_timestamp', (service) => service.identify({}, { ...ANN, timestamp: 0 })],
    ['invalid_timestamp', (service) => service.group('acme', {}, { ...ANN, timestamp: 0 })],
    ['invalid_timestamp', (service) => service.alias('visitor', 'ann', { timestamp: 0 })],
    ['unserialisable', (service) => service.track('Seen', circle, ANN)],
    ['unserialisable', (service) => service.track('Seen', [], ANN)],
    ['unserialisable', (service) => service.track('Seen', 'text' as unknown as object, ANN)],
    ['unserialisable', (service) => service.track('Seen', {}, { ...ANN, context: { circle } })],
    ['unserialisable', (service) => service.track('Seen', {}, 'options' as unknown as object)],
    ['too_large', (service) => service.track('Seen', { text: 'x'.repeat(1_000_000) }, ANN)],
    ['redact_error', (service) => service.track('Seen', {}, ANN), { redact: () => 5 as never }],
    ['no_destination', (service) => service.track('Seen', {}, { ...ANN, destinations: [] })],
    ['no_destination', (service) => service.track('Seen', {}, { ...ANN, destinations: ['nowhere'] })],
    ['no_destination', (service) => service.track('Seen', {}, { ...ANN, destinations: ['shop', 'nowhere'] })],
    ['no_destination', (service) => service.track('Seen', {}, { ...ANN, destinations: 'shop' as never })],
    [
      'unsupported',
      (service) => service.alias('visitor', 'ann'),
      { destinations: [new Shop('shop', { accept: () => ({ declined: 'unsupported' }) })] },
    ],
    [
      'buffer_full',
      (service) => {
        service.track('Seen', {}, ANN);
        return service.track('Seen', {}, ANN);
      },
      { buffer: memory({ maxEvents: 1, onFull: 'rejectNewest' }) },
    ],
  ])('%s (case %#)', (reason, call, options = {}) => {
    const { service, spoken } = tracking(options);
    expect(call(service)).toBeUndefined();
    expect(call(service)).toBeUndefined();
    const stats = service.stats();
    expect(Object.keys(stats.rejected)).toEqual([reason]);
    expect(stats.rejected[reason]).toBeGreaterThanOrEqual(2);
    expectAccounted(stats);
    expect(spoken.warnings).toHaveLength(1);
    expect(spoken.warnings[0]).toContain(reason);
  });

  test('the warning has a remedy, and neither the person nor the content', () => {
    const { service, spoken } = tracking();
    service.track(
      'Order Completed',
      { secret: 'hunter2', order: { lines: [circle] } },
      { userId: 'ann@example.com', key: 'order-1' },
    );
    expect(spoken.warnings).toEqual([
      "event 'Order Completed' was not recorded (unserialisable): property `order.lines[].self` cannot be written as JSON, " +
        'because of a circular reference. Omit it, or pass an id in its place. Logged once; `stats()` has the total.',
    ]);
  });

  test('the warning names the path, also in the context, but nothing that redact.values hides', () => {
    const { service, spoken } = tracking({ redact: { values: [/hunter/] } });
    service.track('A', { hunter: circle }, ANN);
    service.track('B', {}, { ...ANN, context: { page: circle } });
    service.track('C', {}, { ...ANN, context: [] });
    service.track('D', {}, 'options' as unknown as object);
    expect(spoken.warnings).toMatchObject([
      expect.stringMatching(/property `\[redacted\]\.self` cannot .* a circular reference/),
      expect.stringMatching(/property `context\.page\.self` cannot .* a circular reference/),
      expect.stringMatching(/its `context` must be an object, and an array was passed/),
      expect.stringMatching(/\(unserialisable, TypeError\): its properties or options threw/),
    ]);
  });

  test.each<[string, unknown]>([
    ['an array', [1]],
    ['a Set', new Set()],
    ['a string', 'total'],
    ['a number', 5],
    ['a bigint', 5n],
    ['a boolean', false],
    ['a function', () => ({})],
    ['a Date', new Date()],
  ])('properties must be an object: %s', (kind, properties) => {
    const { service, spoken } = tracking();
    expect(service.track('A', properties as object, ANN)).toBeUndefined();
    expect(service.identify(properties as object, ANN)).toBeUndefined();
    expect(spoken.warnings).toMatchObject([
      expect.stringContaining(`(unserialisable): its properties must be an object, and ${kind} was passed.`),
      expect.stringContaining(`(unserialisable): its properties must be an object, and ${kind} was passed.`),
    ]);
    expectAccounted(service.stats());
  });

  test.each<[unknown, object]>([
    [new Map([['total', 5n]]), { total: '5' }],
    [
      new (class Order {
        total = 5;
      })(),
      { total: 5 },
    ],
    [new RangeError('late'), { name: 'RangeError', message: 'late' }],
    [{ toJSON: () => ({ total: 5 }) }, { total: 5 }],
    [null, {}],
  ])('properties may be any object that JSON writes as one (case %#)', (properties, kept) => {
    const { service, shop } = tracking();
    service.track('A', properties as object, ANN);
    expect(shop.events[0]?.properties).toEqual(kept);
  });

  test.each<[string, unknown, RegExp]>([
    ['seconds', 1_767_225_600, /looks like seconds\. Multiply it by 1,000,/],
    ['a Date of seconds', new Date(1_767_225_600), /looks like seconds\. Multiply it by 1,000,/],
    ['microseconds', 1_767_225_600_000_000, /looks like microseconds\. Divide it by 1,000,/],
    ['nanoseconds', 1_767_225_600_000_000_000, /looks like nanoseconds\. Divide it by 1,000,000,/],
    ['text without a zone', '2026-01-01T12:00:00', /is text, but not RFC 3339\. Pass .* with a time zone/],
    ['1970', new Date(0), /is before 1980/],
    ['2100', '2100-01-01T00:00:00Z', /is more than a day ahead/],
    ['a word', {}, /is not a time\. Pass a valid Date, epoch milliseconds, or RFC 3339 text/],
  ])('the warning names what is wrong with a time: %s', (_, timestamp, words) => {
    const { service, spoken } = tracking();
    expect(service.track('A', {}, { ...ANN, timestamp: timestamp as Date })).toBeUndefined();
    expect(service.stats().rejected).toEqual({ invalid_timestamp: 1 });
    expect(spoken.warnings).toEqual([expect.stringMatching(words)]);
    expect(spoken.warnings[0]).not.toMatch(/1767225600|1970|2100/);
  });

  test('each event and reason is warned of on its own', () => {
    const { service, spoken } = tracking();
    for (const name of ['A', 'B', 'A']) {
      service.track(name);
      service.track(name, circle, ANN);
    }
    expect(spoken.warnings).toHaveLength(4);
  });
});

describe('a call that is taken', () => {
  test('gives the event an id, its time and its person', () => {
    const { service, shop, clock } = tracking();
    const id = service.track(
      'Order Completed',
      { revenue: 5 },
      { userId: 1001n, anonymousId: 7, timestamp: '2025-06-15T15:06:40Z' },
    );
    expect(id).toMatch(UUID);
    expect(shop.events).toEqual([
      {
        id,
        type: 'track',
        name: 'Order Completed',
        timestamp: 1_750_000_000_000,
        acceptedAt: clock.now(),
        userId: '1001',
        anonymousId: '7',
        properties: { revenue: 5 },
        lanes: ['shop'],
      },
    ]);
  });

  test.each([
    [undefined, 1_767_225_600_000],
    [null, 1_767_225_600_000],
    [new Date(1_700_000_000_000), 1_700_000_000_000],
    [1_700_000_000_000.9, 1_700_000_000_000],
    ['2023-11-14T23:13:20.5+01:00', 1_700_000_000_500],
    [1_767_225_600_000 + 86_400_000, 1_767_225_600_000 + 86_400_000],
  ])('takes %p for the time %p', (timestamp, at) => {
    const { service, shop } = tracking();
    service.track('Seen', {}, { ...ANN, timestamp: timestamp as number });
    expect(shop.events[0]!.timestamp).toBe(at);
  });

  test('has this machine’s time if none is given, also if its clock was never set', () => {
    const { service, shop, clock } = tracking();
    class Orders {
      @Track('Decorated', { user: ANN })
      create(): void {}
    }
    const orders = new Orders();
    bindInstance(orders, service);
    clock.jump(1_000 - clock.now());
    service.track('Seen', {}, ANN);
    orders.create();
    expect(shop.events.map(({ timestamp }) => timestamp)).toEqual([1_000, 1_000]);
  });

  test('of identify, group and alias has its type for a name', () => {
    const { service, shop } = tracking();
    service.identify({ plan: 'pro' }, ANN);
    service.group(42, { seats: 5 }, ANN);
    service.alias('visitor-1', 42n);
    expect(shop.events).toMatchObject([
      { type: 'identify', name: 'identify', userId: 'ann', properties: { plan: 'pro' } },
      { type: 'group', name: 'group', groupId: '42', userId: 'ann', properties: { seats: 5 } },
      { type: 'alias', name: 'alias', previousId: 'visitor-1', userId: '42', properties: {} },
    ]);
    expectAccounted(service.stats());
  });

  test('without properties has none', () => {
    const { service, shop } = tracking();
    service.track('Seen', undefined, ANN);
    service.track('Seen', null as unknown as object, ANN);
    expect(shop.events.map(({ properties }) => properties)).toEqual([{}, {}]);
  });

  test('is sent to the destinations that it names, once to each', () => {
    const destinations = ['a', 'b', 'c'].map((name) => new Shop(name));
    const { service } = tracking({ destinations });
    service.track('Seen', {}, { ...ANN, destinations: ['c', 'a', 'c'] });
    service.track('Seen', {}, ANN);
    expect(destinations.map(({ events }) => events.length)).toEqual([2, 1, 2]);
    expect(destinations[2]!.events[0]!.lanes).toEqual(['c', 'a']);
    expectAccounted(service.stats(), { b: 1 });
  });

  test('is declined by some destinations and sent to the others', () => {
    const picky = new Shop('picky', {
      accept: ({ type }) => (type === 'track' ? undefined : { declined: 'unsupported' }),
    });
    const broken = new Shop('broken', {
      accept: () => {
        throw new Error('no');
      },
    });
    const { service } = tracking({ destinations: [picky, new Shop('all'), broken] });
    expect(service.identify({}, ANN)).toMatch(UUID);
    const { lanes, ...stats } = service.stats();
    expect(stats.accepted).toBe(1);
    expect(lanes).toMatchObject({
      picky: { accepted: 0, declined: { unsupported: 1 } },
      all: { accepted: 1, declined: {} },
      broken: { accepted: 0, declined: { encode_error: 1 } },
    });
    expectAccounted({ lanes, ...stats });
  });

  test.each([null, true, false, 5, 'yes', {}, Promise.resolve()])(
    'goes to the others when a destination’s accept() returns %p',
    async (admission) => {
      const odd = new Shop('odd', { accept: () => admission as never });
      const { service } = tracking({ destinations: [odd, new Shop('sound')] });
      expect(service.track('Seen', {}, ANN)).toMatch(UUID);
      expect(service.stats().lanes).toMatchObject({
        odd: { accepted: 0, declined: { encode_error: 1 } },
        sound: { accepted: 1 },
      });
      expectAccounted(service.stats());
      await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would come now
    },
  );

  test('hands each destination its own note back at each attempt', () => {
    const notes: unknown[] = [];
    const noting = new Shop('noting', {
      accept: () => ({ note: { second: 5 } }),
      encode: (batch) => {
        notes.push(batch[0]!.note);
        return { method: 'POST', url: 'http://shop.example', body: '[]' };
      },
    });
    const { service, clock, platform } = tracking({ destinations: [noting] });
    platform.reply = () => (platform.received.length === 1 ? { status: 503 } : {});
    service.track('Seen', {}, ANN);
    void service.flush();
    clock.advance(5_000);
    expect(notes).toEqual([{ second: 5 }, { second: 5 }]);
  });
});

describe('an event without a person', () => {
  test('an event is refused, unless a fallback is set', () => {
    const { service, shop } = tracking({ identity: { fallback: { anonymousId: 'system' } } });
    service.track('Job Done');
    expect(shop.events[0]).toMatchObject({ anonymousId: 'system' });
  });

  test('a fallback may depend on the code that it came from, and fail', () => {
    const sources: unknown[] = [];
    let fails = false;
    const { service, shop } = tracking({
      identity: {
        fallback: (source) => {
          sources.push(source);
          if (fails) throw new Error('no fallback');
          return { userId: 'robot' };
        },
      },
    });
    service.track('Job Done');
    fails = true;
    expect(service.track('Job Done')).toBeUndefined();
    expect(shop.events).toMatchObject([{ userId: 'robot' }]);
    expect(sources).toEqual([undefined, undefined]);
    expect(service.stats()).toMatchObject({ rejected: { no_identity: 1 }, notices: { resolver_error: 1 } });
  });

  test('the call takes precedence over runAs, and runAs over the fallback', () => {
    const { service, shop } = tracking({ identity: { fallback: { userId: 'fallback' } } });
    service.runAs({ userId: 'bob' }, () => {
      service.track('A', {}, ANN);
      service.track('B');
    });
    service.track('C');
    expect(shop.events.map(({ userId }) => userId)).toEqual(['ann', 'bob', 'fallback']);
  });
});

describe('with enabled: false', () => {
  test('every call is suppressed, and track() still returns an id', async () => {
    const { service, clock, platform } = tracking({ enabled: false });
    expect(service.track('Seen')).toMatch(UUID);
    expect(service.identify({})).toMatch(UUID);
    expect(service.group(1)).toMatch(UUID);
    expect(service.alias('a', 'b')).toMatch(UUID);
    expect(await service.record('')).toEqual({
      id: expect.stringMatching(UUID),
      state: 'suppressed',
      reason: 'disabled',
    });
    expect(service.stats()).toMatchObject({ called: 5, suppressed: { disabled: 5 }, lanes: {} });
    expectAccounted(service.stats());
    clock.advance(86_400_000);
    expect(platform.received).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('even a call that makes no sense is suppressed, as everything is', () => {
    const { service } = tracking({ enabled: false });
    service.group('');
    service.alias('ann', 'ann');
    expect(service.stats()).toMatchObject({ called: 2, rejected: {}, suppressed: { disabled: 2 } });
  });
});

test('after the end every call is rejected as closed', async () => {
  const { service, runtime, clock } = tracking();
  const closing = runtime.close();
  await clock.settle();
  await closing;
  expect(service.track('Seen', {}, ANN)).toBeUndefined();
  expect(await service.record('Seen', {}, ANN)).toEqual({ state: 'rejected', reason: 'closed' });
  expect(service.stats()).toMatchObject({ called: 2, rejected: { closed: 2 } });
  expectAccounted(service.stats());
});

test('a call without an event is counted, too', () => {
  const { service, runtime } = tracking();
  runtime.door.port.refuse('option_error', 'OrdersController.create', new Error('hunter2'));
  runtime.door.port.refuse('when', 'OrdersController.create');
  expect(service.stats()).toMatchObject({
    called: 2,
    rejected: { option_error: 1 },
    suppressed: { when: 1 },
  });
  expectAccounted(service.stats());
});
