import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentMap } from '../../../lib/capture/routing/content-map.js';
import type { DestinationMap, MappedContent } from '../../../lib/destinations/destination-map.js';
import type { JsonObject } from '../../../lib/event/tracking-event.js';
import { anEvent } from '../../support/an-event.js';

const MAX = 10_000;
const of = (map: DestinationMap, event = anEvent()) => contentMap(map, MAX)(event);
const returning =
  (said: unknown): DestinationMap =>
  () =>
    said as MappedContent;
const order = anEvent({ name: 'Order Completed', properties: { revenue: 5, currency: 'EUR' } });

describe('tables of names', () => {
  const map = { events: { 'Order Completed': 'purchase' }, properties: { revenue: 'value' } };

  test('rename the names that they list, and no others', () => {
    expect(of(map, order)).toMatchObject({ name: 'purchase', properties: { currency: 'EUR', value: 5 } });
    expect(of(map, anEvent({ name: 'Other', properties: { currency: 'EUR' } }))).toEqual({ growth: 0 });
  });

  test('rename traits, and never a call', () => {
    const all = { events: { identify: 'Identify' }, properties: { plan: 'tier' } };
    const said = of(all, anEvent({ type: 'identify', name: 'identify', properties: { plan: 'pro' } }));
    expect(said).toMatchObject({ properties: { tier: 'pro' } });
    expect(said).not.toHaveProperty('name');
  });

  test('replace a property that has the new name of another', () => {
    const event = anEvent({ properties: { value: 1, revenue: 5 } });
    expect(of(map, event)!.properties).toEqual({ value: 5 });
    expect(
      of({ properties: { a: 'b', b: 'a' } }, anEvent({ properties: { a: 1, b: 2 } }))!.properties,
    ).toEqual({
      b: 1,
      a: 2,
    });
  });

  test('work for any names', () => {
    const names = fc.oneof(
      fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString'),
      fc.string(),
    );
    const record = <T>(values: fc.Arbitrary<T>) => fc.dictionary(names, values, { noNullPrototype: true });
    fc.assert(
      fc.property(record(names), record(fc.integer()), (properties, given) => {
        const said = of({ properties }, anEvent({ properties: given }));
        const expected = new Map<string, number>();
        const renames = new Map(Object.entries(properties));
        for (const [name, value] of Object.entries(given)) if (!renames.has(name)) expected.set(name, value);
        for (const [name, value] of Object.entries(given)) {
          if (renames.has(name)) expected.set(renames.get(name)!, value);
        }
        const seen = said!.properties ?? (given as JsonObject);
        expect(new Map(Object.entries(seen))).toEqual(expected);
        expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
      }),
    );
  });
});

describe('a function', () => {
  test('gets a deep copy', () => {
    const event = anEvent({ properties: { cart: { items: [1] } } });
    const before = structuredClone(event);
    of((seen) => {
      expect(seen).toEqual(before);
      Object.assign(seen, { name: 'x' });
      (seen.properties as { cart: { items: number[] } }).cart.items.push(2);
      return {};
    }, event);
    expect(event).toEqual(before);
  });

  test('may leave the event out', () => {
    expect(of(returning(null))).toBeNull();
  });

  test('replaces the members that it returns, copied like those of a call', () => {
    const properties = { at: new Date(0), more: { n: 1 } };
    const said = of(returning({ name: 'purchase', properties }), order)!;
    properties.more.n = 2;
    expect(said).toMatchObject({
      name: 'purchase',
      properties: { at: '1970-01-01T00:00:00.000Z', more: { n: 1 } },
    });
    expect(of(returning({}), order)).toEqual({ growth: 0 });
    expect(of(returning({ name: undefined, properties: undefined }), order)).toEqual({ growth: 0 });
    expect(of((event) => event, order)).not.toHaveProperty('name');
  });

  test('changes nothing but name and properties', () => {
    const said = of(
      (event) => ({ ...event, userId: 'x', id: 'x', timestamp: 1, type: 'alias', groupId: 'x' }),
      order,
    );
    expect(Object.keys(said!)).toEqual(['properties', 'growth']);
  });

  test.each<[string, unknown, Partial<typeof order>?]>([
    ['nothing', undefined],
    ['a text', 'purchase'],
    ['false', false],
    ['a promise', Promise.resolve({})],
    ['a promise that fails', Promise.reject(new Error('hunter2'))],
    // eslint-disable-next-line unicorn/no-thenable -- an ORM returns one
    ['what is as good as a promise', { then: () => undefined }],
    ['a list', []],
    ['a Map', new Map([['name', 'purchase']])],
    ['a time', new Date(0)],
    ['properties in place of content', { revenue: 5 }],
    ['properties that are promised', { properties: Promise.reject(new Error('hunter2')) }],
    ['a name that is promised', { name: Promise.reject(new Error('hunter2')) }],
    ['an empty name', { name: ' ' }],
    ['a name that is no text', { name: 5 }],
    ['no name', { name: null }],
    ['too long a name', { name: 'x'.repeat(1_001) }],
    ['another name for an identify', { name: 'purchase' }, { type: 'identify', name: 'identify' }],
    ['properties that are none', { properties: null }],
    ['a list of properties', { properties: [] }],
    [
      'properties that throw',
      {
        properties: {
          get a(): never {
            throw new Error('hunter2');
          },
        },
      },
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('hunter2');
          },
        },
      ),
    ],
  ])('that returns %s throws', async (_, said, members = {}) => {
    expect(() => of(returning(said), anEvent(members))).toThrow();
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the promise would come now
  });

  test.each([{}, Object.create(null), { name: undefined }, { properties: undefined }])(
    'that returns no content changes nothing: %j',
    (said) => {
      expect(of(returning(said), order)).toEqual({ growth: 0 });
    },
  );

  test('is not called for an alias, which only joins two ids', () => {
    const asked = (): never => {
      throw new Error('asked');
    };
    expect(of(asked, anEvent({ type: 'alias', name: 'alias', previousId: 'p' }))).toEqual({ growth: 0 });
  });
});
