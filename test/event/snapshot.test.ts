import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { snapshot, WORST_BYTES_PER_UNIT } from '../../lib/event/snapshot.js';
import { OversizeError, UnserialisableError } from '../../lib/event/unserialisable.js';

const MIB = 1_048_576;

function copyOf(input: object): unknown {
  return snapshot(input, MIB).value;
}

/** The values in the JSON. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Any object that JSON can hold, with all that JSON silently changes. */
const { object } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false, NaN, Infinity, -Infinity, -0),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.integer(),
    fc.date({ noInvalidDate: false }),
    fc.constantFrom(Symbol('s'), () => 1, new Number(5), new String('boxed'), new Boolean(false)),
    fc.array(tie('value'), { maxLength: 5 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '0', '', '\ud800')),
    tie('value'),
    { maxKeys: 6, noNullPrototype: false },
  ),
}));

describe('a snapshot', () => {
  test('reads as the JSON of its input', () => {
    fc.assert(
      fc.property(object, (input) => {
        expect(asJson(copyOf(input))).toEqual(asJson(input));
      }),
    );
  });

  test('shares nothing with its input that could still change', () => {
    fc.assert(
      fc.property(object, (input) => {
        const before = JSON.stringify(input);
        const copy = copyOf(input);
        spoil(copy);
        expect(JSON.stringify(input)).toBe(before);
      }),
    );
  });

  test('never takes more than six bytes for a unit of its size', () => {
    fc.assert(
      fc.property(object, (input) => {
        const { value, size } = snapshot(input, MIB);
        expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(size * WORST_BYTES_PER_UNIT);
      }),
    );
  });

  test('fails only if the value is certainly larger than allowed', () => {
    fc.assert(
      fc.property(object, fc.nat(300), (input, maxBytes) => {
        try {
          snapshot(input, maxBytes);
        } catch (error) {
          expect(error).toBeInstanceOf(OversizeError);
          expect(Buffer.byteLength(JSON.stringify(input))).toBeGreaterThan(maxBytes);
        }
      }),
    );
  });

  test('keeps an own __proto__ and touches no prototype', () => {
    const copy = copyOf(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":2}}') as object);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":2}}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('makes an object of a Map and an array of a Set, in any depth', () => {
    const input = {
      map: new Map<unknown, unknown>([
        ['a', new Set([1, new Map([['b', new Date(0)]])])],
        ['__proto__', 'own'],
        [7, NaN],
      ]),
    };
    expect(JSON.stringify(copyOf(input))).toBe(
      '{"map":{"7":null,"a":[1,{"b":"1970-01-01T00:00:00.000Z"}],"__proto__":"own"}}',
    );
  });

  test('takes the own members of a class instance, and a getter of it once', () => {
    let asked = 0;
    class Money {
      constructor(
        readonly amount: number,
        readonly currency: string,
      ) {}
      get formatted(): string {
        return `${this.amount} ${this.currency}`;
      }
    }
    const input = {
      money: new Money(5, 'EUR'),
      get lazy() {
        return ++asked;
      },
    };
    expect(copyOf(input)).toEqual({ money: { amount: 5, currency: 'EUR' }, lazy: 1 });
    expect(asked).toBe(1);
  });

  test('calls toJSON once, and uses its result unchanged', () => {
    const asked: string[] = [];
    const input = {
      price: {
        toJSON: (key: string) => {
          asked.push(key);
          return { cents: 500, toJSON: () => 'not asked again' };
        },
      },
    };
    expect(asJson(copyOf(input))).toEqual({ price: { cents: 500 } });
    expect(asked).toHaveLength(1);
  });

  test('honours the toJSON that an application gave to BigInt', () => {
    const prototype = BigInt.prototype as { toJSON?: () => string };
    prototype.toJSON = function (this: bigint) {
      return String(this);
    };
    try {
      expect(copyOf({ id: 10n ** 20n })).toEqual({ id: '100000000000000000000' });
    } finally {
      delete prototype.toJSON;
    }
  });

  test('leaves out members of a class instance under symbols', () => {
    const session = Symbol('orm');
    class Entity {
      readonly id = 1;
      readonly [session] = { whole: 'database' };
    }
    const input = { entity: new Entity() };
    const copy = copyOf(input) as { entity: object };
    expect(Reflect.ownKeys(copy.entity)).toEqual(['id']);
    expect(Reflect.ownKeys(input.entity)).toHaveLength(2);
  });

  test('reads a sparse array as JSON does', () => {
    const sparse: unknown[] = [];
    sparse[3] = 'x';
    expect(copyOf({ sparse })).toEqual({ sparse: [null, null, null, 'x'] });
  });

  test('gives up on an endless array at once', () => {
    const endless: unknown[] = [];
    endless.length = 4_294_967_295;
    expect(() => copyOf({ endless })).toThrow(OversizeError);
  });

  test('may be taken while another one is: a getter that tracks', () => {
    const input = {
      before: 'x',
      get inner() {
        expect(copyOf({ quite: { different: [1, 2, 3] } })).toEqual({ quite: { different: [1, 2, 3] } });
        expect(() => snapshot({ long: 'x'.repeat(100) }, 10)).toThrow(OversizeError);
        return 'fine';
      },
      after: 'x'.repeat(50),
    };
    expect(snapshot(input, 200).value).toEqual({ before: 'x', inner: 'fine', after: 'x'.repeat(50) });
  });
});

describe('a value that is larger than allowed', () => {
  /** How many of a million members are read, elements taken or keys asked for their text before it is refused. */
  function read(make: (count: () => void) => object): number {
    let steps = 0;
    expect(() =>
      snapshot(
        make(() => void steps++),
        50_000,
      ),
    ).toThrow(OversizeError);
    return steps;
  }
  const MANY = 1_000_000;
  function* entries(count: () => void): Generator<[unknown, unknown]> {
    for (let i = 0; i < MANY; i++) {
      count();
      yield [i, 'value'];
    }
  }

  test.each<[string, (count: () => void) => object]>([
    ['a Map', (count) => Object.assign(new Map(), { [Symbol.iterator]: () => entries(count) })],
    ['a Set', (count) => ({ x: Object.assign(new Set(), { [Symbol.iterator]: () => entries(count) }) })],
    ['an array', (count) => ({ x: Array.from({ length: MANY }, () => ({ toJSON: count })) })],
    [
      'an object',
      (count) => {
        const member = { enumerable: true, get: () => (count(), 'value') };
        return Object.defineProperties(
          {},
          Object.fromEntries(Array.from({ length: MANY / 50 }, (_, i) => [`member ${i}`, member])),
        );
      },
    ],
  ])('of %s no more is read than fits', (_, make) => {
    expect(read(make)).toBeLessThanOrEqual(10_000);
  });

  // A copy of so many bytes member by member takes minutes and gigabytes.
  test.each<[string, object]>([
    ['a Uint8Array', new Uint8Array(100_000_000)],
    ['a Buffer', Buffer.alloc(100_000_000)],
    ['a Float64Array', new Float64Array(10_000_000)],
    ['a DataView', new DataView(new ArrayBuffer(100_000_000))],
    ['an ArrayBuffer', new ArrayBuffer(100_000_000)],
    ['a SharedArrayBuffer', new SharedArrayBuffer(100_000_000)],
  ])('of %s nothing is copied', (_, bytes) => {
    expect(() => copyOf({ bytes })).toThrow(OversizeError);
    expect(() => copyOf({ of: { toJSON: () => bytes } })).toThrow(OversizeError);
  });

  test('an object of many members is copied as one of a few', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`member ${i}`, i]));
    const input = Object.assign(Object.create({ inherited: 1 }), many, {
      ['__proto__x']: [1],
      nothing: undefined,
      [Symbol('orm')]: {},
    }) as object;
    expect(copyOf(input)).toEqual({ ...many, ['__proto__x']: [1] });
    const own = JSON.parse(JSON.stringify(many).replace('member 7', '__proto__')) as object;
    expect(JSON.stringify(copyOf(own))).toBe(JSON.stringify(own));
  });
});

describe('bytes', () => {
  test('become base64 text, and of a view only its part', () => {
    const bytes = Buffer.from('bytes of a picture');
    expect(
      copyOf({
        buffer: bytes,
        view: new Uint8Array(bytes.buffer, bytes.byteOffset, 5),
        data: new DataView(Uint8Array.from([1, 2, 3]).buffer, 1),
        array: Uint8Array.from([255]).buffer,
        none: new Uint8Array(),
      }),
    ).toEqual({
      buffer: 'Ynl0ZXMgb2YgYSBwaWN0dXJl',
      view: 'Ynl0ZXM=',
      data: 'AgM=',
      array: '/w==',
      none: '',
    });
  });

  test('honour a toJSON of their own', () => {
    class Id extends Uint8Array {
      toJSON(): string {
        return Buffer.from(this).toString('hex');
      }
    }
    expect(copyOf({ id: Id.from([1, 255]) })).toEqual({ id: '01ff' });
  });

  test('are counted as they are written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const { value, size } = snapshot({ bytes }, MIB);
        expect(size).toBeGreaterThanOrEqual(JSON.stringify(value).length);
        expect(value['bytes']).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });
});

describe('no snapshot', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = { array: [circle] };
  const deep: object[] = [{}];
  for (let i = 0; i < 100_000; i++) deep[0] = { deeper: deep[0] };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const liar = (length: unknown): unknown[] =>
    new Proxy([], { get: (target, key) => (key === 'length' ? length : Reflect.get(target, key)) });

  test.each<[string, object]>([
    ['a circle', circle],
    ['a circle through a Map', mapOfItself()],
    ['something too deep', deep[0]!],
    ['a toJSON that never ends', endlessJson()],
    ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: thrower })],
    ['a toJSON that throws', { x: { toJSON: thrower } }],
    ['a toJSON that is a getter that throws', Object.defineProperty({}, 'toJSON', { get: thrower })],
    ['a proxy that throws', { x: new Proxy({}, { get: thrower }) }],
    ['a proxy that hides its keys by throwing', { x: new Proxy({}, { ownKeys: thrower }) }],
    ['a proxy that throws for its prototype', { x: new Proxy({}, { getPrototypeOf: thrower }) }],
    ['a revoked proxy', { x: revoked.proxy }],
    ['an array whose length is no number', { x: liar('12') }],
    ['an array whose length is NaN', { x: liar(Number.NaN) }],
    ['an array whose length is negative', { x: liar(-5) }],
    ['an iterator that throws', { x: Object.assign(new Set(), { [Symbol.iterator]: thrower }) }],
    ['an array in place of an object', [1]],
    ['a Set in place of an object', new Set([1])],
    ['a Date in place of an object', new Date()],
    ['a function in place of an object', thrower],
    ['a string in place of an object', 'text' as unknown as object],
    ['a toJSON that leaves nothing', { toJSON: () => undefined }],
    [
      'an error that throws again when asked what it is',
      {
        get x() {
          throw new Proxy({}, { getPrototypeOf: thrower });
        },
      },
    ],
  ])('of %s', (_, input) => {
    expect(() => copyOf(input)).toThrow(UnserialisableError);
    expect(copyOf({ still: 'works' })).toEqual({ still: 'works' });
  });
});

function thrower(): never {
  throw new TypeError('hostile');
}

function mapOfItself(): object {
  const map = new Map<string, unknown>();
  map.set('self', map);
  return { map };
}

function endlessJson(): object {
  return { toJSON: endlessMember };
}

function endlessMember(): object {
  return { again: endlessJson() };
}

/** Changes everything that can be reached. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Reflect.ownKeys(value)) {
    if (Array.isArray(value) && key === 'length') continue;
    spoil((value as Record<PropertyKey, unknown>)[key]);
    Object.defineProperty(value, key, {
      value: 'spoilt',
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}
