import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  normalised,
  type ParamChange,
} from '../../../lib/destinations/google-analytics/google-analytics.messages.js';
import { googleAnalytics } from '../../../lib/destinations/google-analytics/google-analytics.js';
import type { JsonObject } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { Notices } from '../notices.js';

function send(properties: JsonObject, name = 'purchase', number = 1) {
  const notices = new Notices();
  const destination = googleAnalytics({ measurementId: 'G-EXAMPLE123', apiSecret: 'API_SECRET' });
  destination.open!(notices);
  const event = anEvent({ name, properties, anonymousId: '1.2' });
  const { body } = destination.encode([inLane(event)], { now: NEW_YEAR, number });
  const { events } = JSON.parse(body as string) as { events: { name: string; params: JsonObject }[] };
  const { engagement_time_msec: _, ...params } = events[0]!.params;
  return { params, notices, body: body as string, name: events[0]!.name };
}

const MANY = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`p${n}`, n]));

const cases: [string, JsonObject, JsonObject, [property: string, change: ParamChange][]][] = [
  ['text and numbers go as they are', { a: 'x y', b: 1.5, c: '' + 0 }, { a: 'x y', b: 1.5, c: '0' }, []],
  ['undefined is not there', { a: 1, b: undefined }, { a: 1 }, []],
  ['null and empty text are left out', { a: null, b: '', c: {}, d: [] }, {}, [['a', 'no_value'], ['b', 'no_value'], ['c', 'nested'], ['d', 'list'], ['d', 'no_value']]],
  ['a boolean is a word', { a: true }, { a: 'true' }, [['a', 'boolean']]],
  ['an object is flattened', { a: { b: 1, c: { d: 'x' } } }, { a_b: 1, a_c_d: 'x' }, [['a', 'nested'], ['a', 'nested']]],
  ['an object nested too deep is left out', { a: { b: { c: { d: 1 } } } }, {}, [['a', 'nested'], ['a', 'nested'], ['a', 'too_deep']]],
  ['a list of plain values is joined', { a: ['x', 1, true, null] }, { a: 'x,1,true' }, [['a', 'list']]],
  ['a list of objects is left out', { a: [{ sku: 1 }] }, {}, [['a', 'too_deep']]],
  ['other characters of a name are underscores', { 'a b-c': 1 }, { a_b_c: 1 }, [['a b-c', 'characters']]],
  ['leading underscores are removed', { _a: 1, __proto_: 2 }, { a: 1, proto_: 2 }, [['_a', 'characters'], ['__proto_', 'characters']]],
  ['a name of Google, or without a letter, is left out', { ga_a: 1, google_b: 1, firebase_c: 1, '1st': 1, _: 1, 'ä': 1, '': 1 }, {}, ['ga_a', 'google_b', 'firebase_c', '1st', '_', 'ä', ''].map((name) => [name, 'unusable_name'])],
  ['a long name is cut', { ['n'.repeat(41)]: 1 }, { ['n'.repeat(40)]: 1 }, [['n'.repeat(41), 'long_name']]],
  ['of two names that become one the first stays', { 'a b': 1, a_b: 2 }, { a_b: 1 }, [['a b', 'characters'], ['a_b', 'same_name']]],
  ['100 characters are kept', { a: 'x'.repeat(100) }, { a: 'x'.repeat(100) }, []],
  ['a longer text is cut, never within a character', { a: `${'x'.repeat(99)}😀` }, { a: 'x'.repeat(99) }, [['a', 'long_value']]],
  ['half a surrogate pair is U+FFFD', { a: 'x\ud800' }, { a: 'x\ufffd' }, [['a', 'half_character']]],
  ['the members of an object prototype are names', { constructor: 1, toString: 2 }, { constructor: 1, toString: 2 }, []],
  ['25 are sent, with our own', MANY, Object.fromEntries(Object.entries(MANY).slice(0, 24)), Array.from({ length: 6 }, (_, n) => [`p${24 + n}`, 'too_many'])],
  ['items are objects with plain values', { items: [{ item_id: 'A', price: 1.5, index: null, 'my size': true }] }, { items: [{ item_id: 'A', price: 1.5, my_size: 'true' }] }, [['items', 'no_value'], ['items', 'boolean'], ['items', 'characters']]],
  ['other members of items are left out', { items: ['teapot', {}, { item_id: 'A', tags: ['x'] }] }, { items: [{ item_id: 'A' }] }, [['items', 'items'], ['items', 'items'], ['items', 'items']]],
  ['items of which none is left are not there', { items: ['teapot'] }, {}, [['items', 'items']]],
  ['items that are no list are a property like any other', { items: 3 }, { items: 3 }, []],
]; // prettier-ignore

describe('a property', () => {
  test.each(cases)('%s', (_, properties, expected, changes) => {
    const { params, notices } = send(properties);
    expect(params).toEqual(expected);
    expect(notices.of('normalised')).toEqual(
      changes.map(([property, change]) =>
        normalised('googleAnalytics', `\`${property}\` of \`purchase\``, change),
      ),
    );
  });

  test('200 items are sent, and 27 members of an item beyond those that Google documents', () => {
    const own = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`own_${n}`, n]));
    const items = Array.from({ length: 201 }, () => ({ item_id: 'A', ...own }));
    const { params } = send({ items: items.slice(0, 1) });
    expect(Object.keys((params['items'] as JsonObject[])[0]!)).toHaveLength(28);
    const many = send({ items: items.map(({ item_id }) => ({ item_id })) });
    expect(many.params['items']).toHaveLength(200);
    expect(many.notices.all).toHaveLength(1);
  });

  test('is reported once: a further attempt changes it as the first did', () => {
    const properties = { a: { b: true } };
    expect(send(properties, 'Order Paid', 2).body).toBe(send(properties, 'Order Paid', 1).body);
    expect(send(properties, 'Order Paid', 1).notices.all).toHaveLength(3);
    expect(send(properties, 'Order Paid', 2).notices.all).toEqual([]);
  });

  test('is reported without its value', () => {
    const { notices } = send({ a: ['hush'], b: 'hush'.repeat(99), c: { d: 'hush\ud800' }, items: ['hush'] });
    expect(notices.all.length).toBeGreaterThan(4);
    for (const { message, about } of notices.all) expect(message + about).not.toContain('hush');
  });
});

const anyText = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 120 }),
  fc.string({ unit: fc.constantFrom('_', '.', ' ', 'a', 'A', '1', 'é', '😀'), maxLength: 60 }),
  fc.constantFrom('items', 'ga_x', 'session_id', 'transaction_id', 'orderId', '__proto__', 'x'.repeat(9_000)),
); // prettier-ignore
const anyProperties = fc.object({
  key: anyText,
  values: [anyText, fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
  maxDepth: 5,
  withObjectString: false,
}) as fc.Arbitrary<JsonObject>;

test('whatever the properties are, Google can read what is sent', () => {
  fc.assert(
    fc.property(anyProperties, (properties) => {
      const { params } = send(properties);
      expect(Object.keys(params).length).toBeLessThan(25);
      for (const [name, value] of Object.entries(params)) {
        expect(name).toMatch(/^(?!ga_|google_|firebase_)[A-Za-z]\w{0,39}$/);
        if (name === 'items' && Array.isArray(value)) continue;
        expect(['string', 'number']).toContain(typeof value);
        expect(`${value as string | number}`.length).toBeLessThanOrEqual(
          name.startsWith('page_') ? 1_000 : 100,
        );
        expect(value).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});
