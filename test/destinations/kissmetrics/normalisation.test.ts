import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  eventNameNormalised,
  propertyNormalised,
  type Change,
} from '../../../lib/destinations/kissmetrics/kissmetrics.messages.js';
import { kissmetrics } from '../../../lib/destinations/kissmetrics/kissmetrics.js';
import type { JsonObject, TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { Notices } from '../notices.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const RESERVED = ['_k', '_p', '_n', '_t', '_d'];

function send(event: TrackingEvent, attempt = 1) {
  const notices = new Notices();
  const destination = kissmetrics({ apiKey: KEY });
  destination.open!(notices);
  const { body } = destination.encode([inLane(event)], { now: NEW_YEAR, number: attempt });
  const pairs = [...new URLSearchParams(body as string)];
  return {
    body: body as string,
    name: pairs.find(([name]) => name === '_n')?.[1],
    properties: pairs.filter(([name]) => !RESERVED.includes(name)),
    notices,
  };
}

const sendProperties = (properties: JsonObject) => {
  const { properties: pairs, notices } = send(anEvent({ properties }));
  return { sent: Object.fromEntries(pairs), notices };
};

describe('a property', () => {
  const long = 'x'.repeat(300);
  const cases: [string, JsonObject, Record<string, string>, [property: string, change: Change][]][] = [
    ['text and numbers go as they are', { a: 'x y', b: 1.5, c: -0, d: 1e21 }, { a: 'x y', b: '1.5', c: '0', d: '1e+21' }, []],
    ['undefined is not there', { a: 1, b: undefined }, { a: '1' }, []],
    ['a comma or colon in a name becomes a space', { 'a,b:c': 1 }, { 'a b c': '1' }, [['a,b:c', 'characters']]],
    ['a leading underscore is taken away', { _p: 'x', ' :__t': 'y' }, { p: 'x', t: 'y' }, [['_p', 'reserved'], [' :__t', 'reserved']]],
    ['a long name is cut below 255 characters', { [long]: 1 }, { ['x'.repeat(254)]: '1' }, [[long, 'long_name']]],
    ['without a name it is left out', { '': 1, ' , ': 2, _: 3 }, {}, [['', 'nameless'], [' , ', 'nameless'], ['_', 'nameless']]],
    ['of two names that are one to the platform the first stays', { Plan: 'a', plan: 'b', 'PLAN,': 'c', 'plan ': 'd' }, { Plan: 'a', 'PLAN ': 'c' }, [['plan', 'same_name'], ['PLAN,', 'characters'], ['plan ', 'same_name']]],
    ['null and empty text are left out', { a: null, b: '', c: [], d: {}, e: [null, ''] }, {}, [['a', 'no_value'], ['b', 'no_value'], ['c', 'no_value'], ['d', 'no_value'], ['e', 'list'], ['e', 'no_value']]],
    ['a boolean is a word', { a: true, b: false }, { a: 'true', b: 'false' }, [['a', 'boolean'], ['b', 'boolean']]],
    ['an object is flattened', { a: { b: 1, c: { d: 'x' } } }, { 'a.b': '1', 'a.c.d': 'x' }, [['a', 'nested'], ['a', 'nested']]],
    ['a list of plain values is joined', { a: ['x', 1, true, null, 'y'] }, { a: 'x, 1, true, y' }, [['a', 'list']]],
    ['a list of objects is JSON text', { a: [{ sku: 1 }] }, { a: '[{"sku":1}]' }, [['a', 'json']]],
    ['what is nested too deep is JSON text', { a: { b: { c: { d: { e: { f: 1 } } } } } }, { 'a.b.c.d.e': '{"f":1}' }, [...Array(4).fill(['a', 'nested']), ['a', 'json']] as [string, Change][]],
    ['8 KB are kept', { a: 'x'.repeat(8_192) }, { a: 'x'.repeat(8_192) }, []],
    ['more than 8 KB of UTF-8 are cut, never within a character', { a: `x${'é'.repeat(5_000)}` }, { a: `x${'é'.repeat(4_095)}` }, [['a', 'long_value']]],
    ['half a surrogate pair is U+FFFD', { a: 'x\ud800', 'b\udc00': 1 }, { a: 'x\ufffd', 'b\ufffd': '1' }, [['a', 'half_character'], ['b\udc00', 'half_character']]],
    ['signs of the URL stay within the value', { 'a&b=c#': '1&2=3%+ ü€😀' }, { 'a&b=c#': '1&2=3%+ ü€😀' }, []],
    ['__proto__ is a name', JSON.parse('{"__proto__":"x"}') as JsonObject, { proto__: 'x' }, [['__proto__', 'reserved']]],
  ]; // prettier-ignore

  test.each(cases)('%s', (_, properties, expected, changes) => {
    const { sent, notices } = sendProperties(properties);
    expect(sent).toEqual(expected);
    expect(notices.of('normalised')).toEqual(
      changes.map(([property, change]) =>
        propertyNormalised('kissmetrics', 'Signed Up', property.slice(0, 80), change),
      ),
    );
  });

  test('is reported once: a further attempt changes it as the first did', () => {
    const event = anEvent({ properties: { a: { b: true } } });
    expect(send(event, 2).body).toBe(send(event, 1).body);
    expect(send(event, 1).notices.all).not.toEqual([]);
    expect(send(event, 2).notices.all).toEqual([]);
  });

  test('is reported without its value', () => {
    const properties = {
      a: ['hush'],
      b: 'hush'.repeat(4_000),
      c: { d: 'hush' },
      e: [{ f: 'hush' }],
      g: 'hush\ud800',
    };
    const { notices } = sendProperties(properties);
    expect(notices.all).toHaveLength(5);
    for (const { message, about } of notices.all) expect(message + about).not.toContain('hush');
  });
});

describe("an event's name", () => {
  test.each<[string, string, Change[]]>([
    ['Order: Completed, paid', 'Order  Completed  paid', ['characters']],
    ['_signed_up', '_signed_up', []],
    ['y'.repeat(255), 'y'.repeat(254), ['long_name']],
    [`${'y'.repeat(253)}😀`, 'y'.repeat(253), ['long_name']],
    ['a\ud800', 'a\ufffd', ['half_character']],
  ])('%j is sent as %j', (name, expected, changes) => {
    const { name: sent, notices } = send(anEvent({ name }));
    expect(sent).toBe(expected);
    expect(notices.of('normalised')).toEqual(
      changes.map((change) => eventNameNormalised('kissmetrics', name.slice(0, 80), change)),
    );
  });
});

/** Any UTF-16 text, including halves of surrogate pairs. */
const anyText = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    maxLength: 300,
  }),
  fc.string({
    unit: fc.constantFrom('_', ',', ':', ' ', 'a', 'A', '.', '&', '=', '%', 'é', '😀'),
    maxLength: 300,
  }),
  fc.constantFrom(
    '_k',
    '_p',
    '_t',
    '__proto__',
    'constructor',
    'A',
    'a',
    'x'.repeat(9_000),
    '€'.repeat(3_000),
  ),
);
const anyProperties = fc.object({
  key: anyText,
  values: [anyText, fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
  maxDepth: 8,
}) as fc.Arbitrary<JsonObject>;

test('the platform can read the request, whatever the properties are', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('track', 'identify', 'group'),
      anyText,
      anyProperties,
      (type, name, properties) => {
        const event = anEvent({ type, name, properties, ...(type === 'group' && { groupId: name }) });
        const { body, name: sentName = '', properties: pairs } = send(event);
        expect(body).toMatch(/^[\w.~!'()*%&=-]+$/);
        expect(sentName.length).toBeLessThan(255);
        expect(sentName).not.toMatch(/[,:]/);
        const folded = pairs.map(([property]) => property.toLowerCase());
        expect(new Set(folded).size).toBe(folded.length);
        for (const [property, value] of pairs) {
          expect(property).toMatch(/^(?!\s*_)[^,:]{1,254}$/s);
          expect(property.trim()).not.toBe('');
          expect(value).not.toBe('');
          expect(Buffer.byteLength(value)).toBeLessThanOrEqual(8_192);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('valid names and values arrive unchanged', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => /^[^\s_,:][^,:]*$/s.test(text));
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 }),
    fc.integer().map(String),
  );
  const properties = fc.uniqueArray(fc.tuple(name, value), {
    selector: ([property]) => property.toLowerCase(),
  });
  fc.assert(
    fc.property(properties, (pairs) => {
      const given = Object.fromEntries(pairs);
      const { sent, notices } = sendProperties(given);
      expect(sent).toEqual(given);
      expect(notices.all).toEqual([]);
    }),
  );
});
