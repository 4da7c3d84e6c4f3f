import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, tracking, type Tracking } from '../support/tracking.js';

type Door = (tracking: Tracking, ...hostile: unknown[]) => unknown;

function thrower(): never {
  throw new TypeError('hostile');
}

const circle: Record<string, unknown> = {};
circle['self'] = circle;
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const HUGE = 'ü'.repeat(5 * 1_048_576);
const errorWithoutName = Object.defineProperty(new Error('x'), 'name', { get: thrower });

/** Values that break the library that makes test data. */
const traps: (() => unknown)[] = [
  () => undefined,
  () => null,
  () => '',
  () => 'Order Completed',
  () => 5,
  () => -0,
  () => Number.NaN,
  () => 10n,
  () => Symbol('s'),
  () => thrower,
  () => circle,
  () => revoked.proxy,
  () => HUGE,
  () => '\ud800 alone',
  () => new Date(Number.NaN),
  () => new Date(0),
  () => new Map([['__proto__', circle]]),
  () => new Proxy({}, { get: thrower }),
  () => new Proxy({}, { ownKeys: thrower }),
  () => new Proxy({}, { has: thrower, getPrototypeOf: thrower }),
  () => new Proxy([], { get: (target, key) => (key === 'length' ? Number.NaN : Reflect.get(target, key)) }),
  () => JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
  () => ({ toJSON: thrower }),
  () => ({ toString: thrower, valueOf: thrower }),
  () => ({ userId: 'ann', timestamp: { getTime: thrower } }),
  () => ({ userId: 'ann', destinations: ['shop'], context: { n: 1n } }),
  () => ({
    ...ANN,
    get key() {
      return thrower();
    },
  }),
  () => ({ ...ANN, destinations: new Proxy([], { get: thrower }) }),
  ...[errorWithoutName, revoked.proxy, undefined, new Proxy(new Error('x'), { get: thrower })].map(
    (thrown) => () =>
      Object.defineProperty({ userId: 'ann' }, 'timestamp', {
        get: () => {
          throw thrown;
        },
        enumerable: true,
      }),
  ),
];

/** Makes whatever a caller may hand over where he should hand over something else. */
const hostile: fc.Arbitrary<() => unknown> = fc.oneof(
  fc.constantFrom(...traps),
  fc
    .anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    })
    .map((value) => () => value),
);

const doors: [string, Door][] = [
  [
    'track()',
    ({ service }, name, properties, options) =>
      service.track(name as string, properties as object, options as object),
  ],
  [
    'record()',
    ({ service }, name, properties, options) =>
      service.record(name as string, properties as object, options as object),
  ],
  ['identify()', ({ service }, traits, options) => service.identify(traits as object, options as object)],
  [
    'group()',
    ({ service }, id, traits, options) => service.group(id as string, traits as object, options as object),
  ],
  [
    'alias()',
    ({ service }, previous, user, options) =>
      service.alias(previous as string, user as string, options as object),
  ],
  ['alias() of two ids', ({ service }, options) => service.alias('visitor', 'ann', options as object)],
  [
    'track() of a name',
    ({ service }, options, properties) => service.track('Seen', properties as object, options as object),
  ],
];

describe.each(doors)('%s accepts any value', (_, door) => {
  test('and ends in exactly one counted state, without throwing', async () => {
    const it = tracking({ identity: { fallback: ANN } });
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (one, two, three) => {
        const { called } = it.service.stats();
        const result = door(it, one(), two(), three());
        if (result instanceof Promise) it.clock.run();
        const settled = await result;
        const stats = it.service.stats();
        expect(stats.called).toBe(called + 1);
        expectAccounted(stats);
        if (result instanceof Promise) expect(settled).toMatchObject({ state: expect.any(String) });
        else if (result !== undefined) expect(result).toMatch(/^[0-9a-f-]{36}$/);
      }),
      { numRuns: 300 },
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('an accepted event', () => {
  const json = fc.dictionary(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constant('__proto__')),
    fc.anything({ withDate: true, withSparseArray: true, withUnicodeString: true, withBoxedValues: true }),
    { maxKeys: 6, noNullPrototype: true },
  );

  test('stores the properties and context as JSON, and does not change the input', () => {
    const it = tracking();
    fc.assert(
      fc.property(json, json, (properties, context) => {
        let expected: string;
        try {
          expected = JSON.stringify([properties, context]);
        } catch {
          return; // accept-any is the promise above
        }
        const id = it.service.track('Seen', properties, { ...ANN, context });
        const event = it.shop.events.at(-1)!;
        expect(event.id).toBe(id);
        expect(JSON.parse(JSON.stringify([event.properties, event.context]))).toEqual(JSON.parse(expected));
        expect(JSON.stringify([properties, context])).toBe(expected);
      }),
    );
  });

  test('does not change with the object that it was made of', () => {
    const { service, shop } = tracking();
    const order = { id: 1, lines: [{ sku: 'a' }], placed: new Date(0) };
    const context = { page: { path: '/' } };
    service.track('Order Completed', order, { ...ANN, context });
    order.id = 2;
    order.lines[0]!.sku = 'b';
    order.lines.push({ sku: 'c' });
    order.placed.setTime(1);
    context.page.path = '/other';
    expect(shop.events[0]).toMatchObject({
      properties: { id: 1, lines: [{ sku: 'a' }], placed: '1970-01-01T00:00:00.000Z' },
      context: { page: { path: '/' } },
    });
  });

  test('may be made while another one is: each with its own content', () => {
    const { service, shop } = tracking();
    const outer = {
      before: 1,
      price: {
        toJSON: () => {
          service.track('Price Read', { inner: true }, ANN);
          return 5;
        },
      },
      after: 2,
    };
    service.track('Order Completed', outer, ANN);
    expect(shop.events.map(({ name, properties }) => [name, properties])).toEqual([
      ['Price Read', { inner: true }],
      ['Order Completed', { before: 1, price: 5, after: 2 }],
    ]);
    expectAccounted(service.stats());
  });
});

describe('the size limit', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('\u0000'.repeat(50), 'ü€🧀', '"\\\n', '\ud800'),
  );
  const call = fc.record({
    name: word.filter((name) => name.trim() !== ''),
    properties: fc.dictionary(
      word,
      fc.oneof(word, fc.double(), fc.array(fc.nat(9)), fc.boolean(), fc.constant(null)),
      { maxKeys: 5 },
    ),
    userId: word.filter((id) => id !== ''),
    context: fc.option(fc.dictionary(word, word, { maxKeys: 3 }), { nil: undefined }),
    lanes: fc.integer({ min: 1, max: 30 }),
  });

  /** The event that a call makes where nothing limits it. */
  function eventOf(
    maxEventBytes: number | undefined,
    { name, properties, userId, context, lanes }: typeof call extends fc.Arbitrary<infer T> ? T : never,
  ) {
    const seen: TrackingEvent[] = [];
    const destinations = Array.from({ length: lanes }, (_, i) => ({
      name: `${'a long name of a destination, as long as they come '.repeat(2)}${i}`,
      accept: (event: TrackingEvent) => void seen.push(event),
      encode: () => ({ method: 'POST' as const, url: 'http://localhost' }),
    }));
    const { service } = tracking({ destinations, ...(maxEventBytes !== undefined && { maxEventBytes }) });
    service.track(name, properties, { userId, ...(context !== undefined && { context }) });
    return { event: seen[0], stats: service.stats() };
  }

  test('is exact, in UTF-8 bytes of the event’s JSON', () => {
    fc.assert(
      fc.property(call, fc.integer({ min: -3, max: 3 }), (given, by) => {
        const bytes = Buffer.byteLength(JSON.stringify(eventOf(undefined, given).event));
        const maxEventBytes = bytes + by;
        const { event, stats } = eventOf(maxEventBytes, given);
        if (by >= 0) expect(event).toBeDefined();
        else
          expect({ event, rejected: stats.rejected }).toEqual({
            event: undefined,
            rejected: { too_large: 1 },
          });
        expectAccounted(stats);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['ASCII', 'x'],
    ['two bytes', 'ü'],
    ['surrogate pairs', '🧀'],
    ['lone surrogates', '\ud800'],
    ['control characters', '\u0000'],
  ])('counts %s as they are written', (_, unit) => {
    const { service } = tracking({ maxEventBytes: 10_000 });
    const bytesOf = (length: number) => {
      const { service: any, shop } = tracking();
      any.track('Big', { text: unit.repeat(length) }, ANN);
      return Buffer.byteLength(JSON.stringify(shop.events[0]));
    };
    let fits = 0;
    while (bytesOf(fits + 1) <= 10_000) fits += Math.max(1, Math.floor((10_000 - bytesOf(fits + 1)) / 20));
    expect(service.track('Big', { text: unit.repeat(fits) }, ANN)).toBeDefined();
    expect(service.track('Big', { text: unit.repeat(fits + 1) }, ANN)).toBeUndefined();
    expect(service.stats()).toMatchObject({ accepted: 1, rejected: { too_large: 1 } });
  });

  test('accepts five megabytes if they are allowed, and refuses them otherwise', () => {
    const text = 'x'.repeat(5 * 1_048_576);
    expect(tracking({ maxEventBytes: 6_000_000 }).service.track('Big', { text }, ANN)).toBeDefined();
    const { service } = tracking();
    expect(service.track('Big', { text }, ANN)).toBeUndefined();
    expect(service.track('Big', {}, { ...ANN, context: { text } })).toBeUndefined();
    expect(service.track('Big', {}, { userId: text })).toBeUndefined();
    expect(service.stats().rejected).toEqual({ too_large: 3 });
  });
});

test('a call after a stack overflow is counted once, and so are later ones', () => {
  const { service } = tracking();
  let calls = 0;
  const deep = (): void => {
    try {
      deep();
    } catch (error) {
      // On its way back the stack has a little more room each time, so that each depth of the door overflows once.
      if (calls < 200) {
        calls++;
        try {
          service.track('Deep', {}, { userId: 'ann' });
        } catch {
          // The very call of it had no room.
        }
        expectBalance(service.stats());
      }
      throw error;
    }
  };
  const expectBalance = ({ called, accepted, rejected }: ReturnType<typeof service.stats>): void => {
    if (called !== accepted + rejected.unserialisable) unbalanced++;
  };
  let unbalanced = 0;
  expect(deep).toThrow(RangeError);
  expect(calls).toBeGreaterThan(0);
  expect(unbalanced).toBe(0);
});
