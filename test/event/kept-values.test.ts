import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import mongoose from 'mongoose';
import { snapshot } from '../../lib/event/snapshot.js';
import { UnserialisableError } from '../../lib/event/unserialisable.js';

const { Decimal128, Long, ObjectId, Timestamp, UUID } = mongoose.mongo;
const MIB = 1_048_576;

function copyOf(input: object): unknown {
  return snapshot(input, MIB).value;
}

/** A value, and what the JSON of an event has in its place: written down beside it, so that no rule is written twice. */
interface Kept {
  readonly value: unknown;
  readonly json: unknown;
}

const kept = <T>(arbitrary: fc.Arbitrary<T>, json: (value: T) => unknown): fc.Arbitrary<Kept> =>
  arbitrary.map((value) => ({ value, json: json(value) }));
const bytes = fc.uint8Array({ maxLength: 20 });
const base64 = (of: Uint8Array): string => Buffer.from(of).toString('base64');
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toJSON', 'low', 'high', 'message', '0'));

const { object } = fc.letrec<{ value: Kept; object: Kept }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    kept(fc.jsonValue(), (value) => value),
    kept(fc.date({ noInvalidDate: true }), (date) => date.toISOString()),
    kept(fc.bigInt(), String),
    kept(
      fc.bigInt().map((value) => Object(value) as unknown),
      String,
    ),
    kept(
      fc
        .tuple(fc.string(), fc.string(), fc.oneof(fc.string(), fc.integer()))
        .map(([name, message, code]) =>
          Object.assign(new TypeError(message), { name, code, config: { headers: 'secret' } }),
        ),
      ({ name, message, code }) => ({ name, message, code }),
    ),
    kept(bytes, base64),
    kept(
      bytes.map((of) => Buffer.from(of)),
      base64,
    ),
    kept(
      bytes.map((of) => of.slice().buffer),
      (of) => base64(new Uint8Array(of)),
    ),
    kept(
      bytes.map((of) => new DataView(of.slice().buffer)),
      (of) => base64(new Uint8Array(of.buffer)),
    ),
    kept(
      fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }).map((of) => new URLSearchParams(of)),
      String,
    ),
    kept(
      long.map((value) => Long.fromBigInt(value)),
      String,
    ),
    kept(
      fc.tuple(long, fc.nat(30)).map(([digits, places]) => Decimal128.fromString(`${digits}E-${places}`)),
      String,
    ),
    kept(fc.constantFrom(new ObjectId(), new UUID()), String),
    fc.array(tie('value'), { maxLength: 4 }).map((of) => ({
      value: of.map(({ value }) => value),
      json: of.map(({ json }) => json),
    })),
    fc.array(tie('value'), { maxLength: 4 }).map((of) => ({
      value: new Set(of.map(({ value }) => (value === undefined ? null : value))),
      // A Set has each of them once.
      json: [...new Map(of.map((each) => [each.value, each.json])).values()],
    })),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }).map((of) => ({
      value: new Map(Object.entries(of).map(([key, { value }]) => [key, value])),
      json: Object.fromEntries(Object.entries(of).map(([key, { json }]) => [key, json])),
    })),
    tie('object'),
  ),
  object: fc.dictionary(names, tie('value'), { maxKeys: 5, noNullPrototype: false }).map((of) => ({
    value: Object.fromEntries(Object.entries(of).map(([key, { value }]) => [key, value])),
    json: Object.fromEntries(Object.entries(of).map(([key, { json }]) => [key, json])),
  })),
}));

describe('values that JSON would refuse or lose', () => {
  test('are kept at any depth, and refuse no event', () => {
    fc.assert(
      fc.property(object, ({ value, json }) => {
        const { value: copy, size } = snapshot(value as object, MIB);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(json));
        expect(size * 6).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(copy)));
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, unknown, unknown]>([
    ['a bigint', 2n ** 70n, '1180591620717411303424'],
    ['a negative bigint', -5n, '-5'],
    ['an error', new RangeError('too far'), { name: 'RangeError', message: 'too far' }],
    [
      'an error of Node',
      errorOf(() => readFileSync('/nowhere/at/all')),
      expect.objectContaining({ name: 'Error', code: 'ENOENT' }),
    ],
    [
      'an error of the web',
      new DOMException('late', 'TimeoutError'),
      { name: 'TimeoutError', message: 'late', code: 23 },
    ],
    [
      'an error without a code that is one',
      Object.assign(new Error('x'), { code: { a: 1 } }),
      { name: 'Error', message: 'x' },
    ],
    [
      'an error with several causes',
      new AggregateError([new Error('secret')], 'all failed', { cause: new Error('secret') }),
      { name: 'AggregateError', message: 'all failed' },
    ],
    [
      'an error whose toJSON() returns credentials',
      Object.assign(new Error('x'), { code: 'E', toJSON: () => ({ headers: { authorization: 'secret' } }) }),
      { name: 'Error', message: 'x', code: 'E' },
    ],
    ['a digest', createHash('md5').update('').digest(), '1B2M2Y8AsgTpgAmY7PhCfg=='],
    ['search parameters', new URL('https://shop.example/?q=a b&utm=x').searchParams, 'q=a+b&utm=x'],
    ['a Decimal128', Decimal128.fromString('12.50'), '12.50'],
    ['a Long', Long.fromBigInt(2n ** 60n), '1152921504606846976'],
    ['a Timestamp', new Timestamp({ t: 1, i: 2 }), '4294967298'],
    ['a decimal that writes itself', { toJSON: () => '19.90' }, '19.90'],
    ['a toJSON that returns a bigint', { toJSON: () => 5n }, '5'],
  ])('%s', (_, value, json) => {
    expect(copyOf({ value, list: [value], map: new Map([['in', value]]) })).toEqual({
      value: json,
      list: [json],
      map: { in: json },
    });
  });

  test('a document of Mongoose, with its driver’s numbers, ids and bytes', () => {
    const Order = mongoose.model(
      'Order',
      new mongoose.Schema({
        total: mongoose.Schema.Types.Decimal128,
        views: BigInt,
        receipt: Buffer,
        lines: [{ price: mongoose.Schema.Types.Decimal128 }],
        rates: { type: Map, of: mongoose.Schema.Types.Decimal128 },
      }),
    );
    const _id = new mongoose.Types.ObjectId();
    const order = new Order({
      _id,
      total: '99.90',
      views: 2n ** 60n,
      receipt: Buffer.from('paid'),
      lines: [{ _id, price: '0.10' }],
      rates: { EUR: '1.0' },
    });
    const json = {
      _id: String(_id),
      total: '99.90',
      views: '1152921504606846976',
      receipt: 'cGFpZA==',
      lines: [{ _id: String(_id), price: '0.10' }],
      rates: { EUR: '1.0' },
    };
    // Its own toJSON() has made Buffer's JSON of the bytes; what the driver returns has them as they are.
    const ofDocument = { ...json, receipt: { type: 'Buffer', data: [...Buffer.from('paid')] } };
    expect(copyOf(order)).toEqual(ofDocument);
    expect(copyOf({ order, plain: order.toObject() })).toEqual({ order: ofDocument, plain: json });
  });

  test('do not change a value that only looks like one: data of a client has no methods', () => {
    const sent = JSON.parse(
      '{"a":{"low":1,"high":2,"unsigned":false},"b":{"$numberDecimal":"1"},"c":{"name":"Error","message":"x","stack":"y"}}',
    ) as object;
    class Range {
      constructor(
        readonly low: number,
        readonly high: number,
      ) {}
      toString(): string {
        return `${this.low} to ${this.high}`;
      }
    }
    expect(copyOf({ ...sent, d: new Range(1, 5) })).toEqual({ ...sent, d: { low: 1, high: 5 } });
    class Tariff extends Range {
      override toString(): string {
        return String(this.low);
      }
    }
    expect(copyOf({ tariff: new Tariff(1, 5) })).toEqual({ tariff: { low: 1, high: 5 } });
    // An input object of GraphQL has no prototype, and so no toString().
    const input = Object.assign(Object.create(null) as object, { low: 1, high: 5 });
    expect(copyOf({ input })).toEqual({ input: { low: 1, high: 5 } });
  });

  test.each(['message', 'low', 'high', 'code'])(
    'run no `%s` getter of a class, as JSON runs none',
    (name) => {
      class Entity {
        readonly id = 7;
      }
      Object.defineProperty(Entity.prototype, name, {
        get: () => {
          throw new Error('a relation that is not loaded');
        },
      });
      expect(copyOf({ entity: new Entity() })).toEqual({ entity: { id: 7 } });
    },
  );
});

test.each([undefined, 'context'])('a hundred levels are kept, and no more (called %p)', (called) => {
  expect(() => snapshot(nested(99), MIB, called)).not.toThrow();
  expect(errorOf(() => snapshot(nested(100), MIB, called))).toMatchObject({ obstacle: 'too_deep' });
});

describe('what cannot be kept is named by its path and the obstacle', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = { list: [1, circle] };
  const throws = (): never => {
    throw new TypeError('hunter2');
  };
  const getter = (name: string): object =>
    Object.defineProperty({ other: 1 }, name, { enumerable: true, get: throws });

  test.each<[string, unknown, string, string]>([
    ['a circle', { order: circle }, 'circular', 'order.self.list[]'],
    ['a circle through a Map', { map: mapOfItself() }, 'circular', 'map.self'],
    ['a circle through a Set', { set: setOfItself() }, 'circular', 'set[]'],
    ['a getter', { a: [{}, getter('total')] }, 'threw', 'a[].total'],
    ['a getter of the whole', getter('total'), 'threw', 'total'],
    [
      'one of two getters',
      { a: Object.defineProperty(getter('x'), 'y', { enumerable: true, get: throws }) },
      'threw',
      'a',
    ],
    ['a toJSON', { before: { b: 1 }, price: { toJSON: throws }, after: 1 }, 'threw', 'price'],
    [
      'a toJSON within what another one returns',
      { a: { toJSON: () => ({ b: { toJSON: throws } }) } },
      'threw',
      'a.b',
    ],
    ['a toJSON of the whole', { toJSON: throws }, 'threw', ''],
    [
      'an error with a getter',
      { a: { error: Object.defineProperty(new Error(), 'message', { get: throws }) } },
      'threw',
      'a.error',
    ],
    ['a proxy', { before: 1, a: new Proxy({}, { ownKeys: throws }) }, 'threw', 'a'],
    [
      'an array without a length',
      { a: [new Proxy([], { get: (_, key) => (key === 'length' ? -1 : undefined) })] },
      'no_length',
      'a[]',
    ],
    ['a getter among many', Object.assign(getter('last'), many()), 'threw', 'last'],
    ['what is too deep', { a: nested(200) }, 'too_deep', 'a.in.in.in.in.in.…'],
    [
      'members named like people and ids',
      { 'Ann Lee': { '4711-0815': circle } },
      'circular',
      '*.*.self.list[]',
    ],
  ])('%s', (_, input, obstacle, path) => {
    const error = errorOf(() => copyOf(input as object));
    expect(error).toBeInstanceOf(UnserialisableError);
    expect(error).toMatchObject({ obstacle, path });
    expect(String(error)).not.toContain('hunter2');
  });

  test.each<[string, unknown]>([
    ['an array', [1]],
    ['a Set', new Set([1])],
    ['a Date', new Date()],
    ['a string', 'text'],
    ['a number', 5],
    ['a bigint', 5n],
    ['a boolean', true],
    ['a function', throws],
    ['an object', Buffer.from('bytes')],
    ['an object', new URLSearchParams('a=1')],
  ])('the whole, where it is %s', (kind, input) => {
    expect(errorOf(() => copyOf(input as object))).toMatchObject({ obstacle: 'no_object', path: '', kind });
  });

  test.each<[string, object, unknown]>([
    ['a Map', new Map([['a', 1n]]), { a: '1' }],
    [
      'an instance',
      new (class Paid {
        total = 1n;
      })(),
      { total: '1' },
    ],
    ['an error', new TypeError('x'), { name: 'TypeError', message: 'x' }],
  ])('and %s is an object', (_, input, json) => {
    expect(copyOf(input)).toEqual(json);
  });
});

function errorOf(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function mapOfItself(): object {
  const map = new Map<string, unknown>();
  return map.set('self', map);
}

function setOfItself(): object {
  const set = new Set<unknown>();
  return set.add(set);
}

function nested(depth: number): object {
  let value: object = {};
  for (let i = 0; i < depth; i++) value = { in: value };
  return value;
}

function many(): object {
  return Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`member${i}`, i]));
}
