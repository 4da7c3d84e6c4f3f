import { describe, expect, test } from '@jest/globals';
import { type } from 'arktype';
import fc from 'fast-check';
import * as v from 'valibot';
import { z } from 'zod';
import type { EventType } from '../../lib/event/tracking-event.js';
import {
  defineTrackingPlan,
  type EventSchemas,
  type OnInvalid,
  type TraitSchemas,
} from '../../lib/plan/tracking-plan.js';
import { PlanCheck } from '../../lib/plan/plan-check.js';
import { type StandardSchema, typed } from '../../lib/plan/standard-schema.js';

/** One schema in the words of each validator. */
const ORDERS: Record<string, StandardSchema> = {
  zod: z.object({
    orderId: z.string(),
    revenue: z.number(),
    coupon: z.string().optional(),
    items: z.array(z.object({ sku: z.string() })).optional(),
    placedAt: z.date().optional(),
  }),
  valibot: v.object({
    orderId: v.string(),
    revenue: v.number(),
    coupon: v.optional(v.string()),
    items: v.optional(v.array(v.object({ sku: v.string() }))),
    placedAt: v.optional(v.date()),
  }),
  arktype: type({
    orderId: 'string',
    revenue: 'number',
    'coupon?': 'string',
    'items?': type({ sku: 'string' }).array(),
    'placedAt?': 'Date',
  }),
};
const STRICT: Record<string, StandardSchema> = {
  zod: z.strictObject({ orderId: z.string() }),
  valibot: v.strictObject({ orderId: v.string() }),
  arktype: type({ orderId: 'string', '+': 'reject' }),
};
const VALIDATORS = Object.keys(ORDERS);
const ORDER = { orderId: 'o-1', revenue: 12 };
const SOURCE = 'OrdersController.create';

function aCheck(
  onInvalid: OnInvalid,
  events: EventSchemas,
  traits?: TraitSchemas,
): {
  check: PlanCheck;
  said: string[];
  notices: () => number;
  order: (properties: unknown, name?: string, type?: EventType) => unknown;
} {
  const said = new Map<string, string>();
  let notices = 0;
  const check = new PlanCheck({
    plan: defineTrackingPlan(events, traits),
    onInvalid,
    notice: (_notice, about, message) => {
      notices++;
      if (!said.has(about)) said.set(about, message());
    },
  });
  return {
    check,
    get said() {
      return [...said.values()];
    },
    notices: () => notices,
    order: (properties, name = 'Order Completed', type = 'track') => {
      const checked = check.check(type, name, properties, SOURCE);
      return typeof checked === 'string' ? checked : checked.properties;
    },
  };
}

describe.each(VALIDATORS)('with %s', (validator) => {
  const events = { 'Order Completed': ORDERS[validator]!, Strict: STRICT[validator]! };

  test.each(['warn', 'reject'] as const)('a valid event is recorded unchanged (%s)', (onInvalid) => {
    const { check, said, order } = aCheck(onInvalid, events);
    const given = { ...ORDER, placedAt: new Date(), more: 1 };
    expect(order(given)).toBe(given);
    expect(check.stats()).toEqual({ violations: 0, unlisted: 0, places: [] });
    expect(said).toEqual([]);
  });

  test('an invalid property is reported by path and kind, and recorded unchanged (warn)', () => {
    const tried = aCheck('warn', events);
    const given = { orderId: 7, revenue: 'secret', items: [{ sku: 'a' }, { sku: 1 }, { sku: 2 }] };
    expect(tried.order(given)).toBe(given);
    tried.order(given);
    const place = (path: string): object => ({ event: 'Order Completed', path, source: SOURCE, count: 2 });
    expect(tried.check.stats()).toEqual({
      violations: 2,
      unlisted: 0,
      places: expect.arrayContaining([place('orderId'), place('revenue'), place('items[].sku')]),
    });
    expect(tried.check.stats().places).toHaveLength(3);
    expect(tried.notices()).toBe(6);
    expect(tried.said).toContainEqual(
      "event 'Order Completed' of OrdersController.create does not fit the tracking plan: `revenue` does not, got a string. " +
        'It was recorded unchanged. Fix the call or the plan. Logged once; `stats().plan` has the total.',
    );
    expect(tried.said.join()).not.toContain('secret');
  });

  test('a missing property is reported as nothing', () => {
    const tried = aCheck('warn', events);
    expect(tried.order(undefined)).toBeUndefined();
    expect(tried.said).toContainEqual(expect.stringContaining('`revenue` does not, got nothing.'));
  });

  test('an invalid event is rejected (reject)', () => {
    const { check, order } = aCheck('reject', events);
    expect(order({ orderId: 'o-1' })).toBe('invalid_properties');
    expect(order({ ...ORDER, items: [{ sku: 1 }] })).toBe('invalid_properties');
    expect(check.stats().violations).toBe(2);
  });

  test('an invalid property is removed, and the others are kept (strip)', () => {
    const { check, order } = aCheck('strip', events);
    const given = { ...ORDER, coupon: 5, items: [{ sku: 1 }] };
    expect(order(given)).toEqual(ORDER);
    expect(given).toEqual({ ...ORDER, coupon: 5, items: [{ sku: 1 }] });
    // Removing a required property does not make the event valid.
    expect(order({ orderId: 'o-1', revenue: '12' })).toBe('invalid_properties');
    expect(order({ coupon: 'x', email: 'ann@example.com' })).toBe('invalid_properties');
    expect(check.stats().violations).toBe(3);
  });

  test('properties outside of a strict schema are reported and removed', () => {
    const tried = aCheck('strip', events);
    expect(tried.order({ orderId: 'o-1', email: 'ada@example.com', phone: 1 }, 'Strict')).toEqual({
      orderId: 'o-1',
    });
    expect(tried.check.stats().places.map(({ path }) => path)).toContain('email');
  });
});

test('strip records the validator’s output: with defaults, and without properties outside of the plan', () => {
  const { check, order } = aCheck('strip', {
    'Order Completed': z.object({ id: z.coerce.string(), currency: z.string().default('EUR') }),
  });
  expect(order({ id: 7, password: 'x' })).toEqual({ id: '7', currency: 'EUR' });
  expect(check.stats().violations).toBe(0);
});

test('strip records neither an output that is no object, nor its input', () => {
  const { order, check } = aCheck('strip', {
    'Order Completed': z.object({ a: z.number() }).transform(() => 'x'),
  });
  expect(order({ a: 1, email: 'e' })).toBe('invalid_properties');
  expect(check.stats().violations).toBe(1);
});

test('strip checks the result of toJSON(), and never the members that toJSON() hides', () => {
  class Account {
    constructor(
      readonly id: unknown,
      readonly passwordHash = 'secret',
      readonly since = new Date(0),
    ) {}
    toJSON(): object {
      return { id: this.id, since: this.since };
    }
  }
  const events = { 'Order Completed': z.looseObject({ id: z.string().optional(), since: z.date() }) };
  const { order } = aCheck('strip', events);
  expect(order(new Account('a'))).toEqual({ id: 'a', since: new Date(0) });
  expect(order(new Account(5))).toEqual({ since: new Date(0) });
  expect(order({ id: 5, since: new Date(0), toJSON: () => ({ since: new Date(1) }) })).toEqual({
    since: new Date(1),
  });
});

test('strip rejects an event that breaks a rule about all its properties together', () => {
  const schema = z.object({ a: z.string(), b: z.string() }).refine(({ a, b }) => a === b);
  expect(aCheck('strip', { 'Order Completed': schema }).order({ a: 'x', b: 'y', email: 'e' })).toBe(
    'invalid_properties',
  );
});

test('strip passes no member that the schema does not declare, whatever is missing', () => {
  const schema = z.object({ a: z.string(), b: z.number().optional() });
  const { order } = aCheck('strip', { 'Order Completed': schema });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'email'), fc.anything()), (given) => {
      const out = order(given);
      if (typeof given['a'] !== 'string') expect(out).toBe('invalid_properties');
      else expect(['a', 'b']).toEqual(expect.arrayContaining(Object.keys(out as object)));
    }),
  );
});

test('a name outside of the plan is counted and reported, and rejected only by reject', () => {
  for (const onInvalid of ['warn', 'reject', 'strip'] as const) {
    const tried = aCheck(onInvalid, {});
    const given = { a: 1 };
    expect(tried.order(given, 'Ordr')).toBe(onInvalid === 'reject' ? 'not_in_plan' : given);
    expect(tried.check.stats()).toEqual({
      violations: 0,
      unlisted: 1,
      places: [{ event: 'Ordr', path: null, source: SOURCE, count: 1 }],
    });
    expect(tried.said).toEqual([
      expect.stringMatching(
        /^event 'Ordr' of OrdersController\.create is not in the tracking plan\. It was re/,
      ),
    ]);
  }
});

test('with redacted names, a name outside of the plan is reported as *', () => {
  const said: string[] = [];
  const check = new PlanCheck({
    plan: defineTrackingPlan({}),
    onInvalid: 'warn',
    hidesNames: true,
    notice: (_notice, about, message) => said.push(about, message()),
  });
  check.check('track', 'Invited ann@example.com', {}, SOURCE);
  expect(check.stats().places).toEqual([{ event: '*', path: null, source: SOURCE, count: 1 }]);
  expect(said.join()).not.toContain('ann');
});

test('names that every object has are not in the plan', () => {
  const { order } = aCheck('reject', { a: typed() });
  for (const name of ['toString', '__proto__', 'constructor']) expect(order({}, name)).toBe('not_in_plan');
});

test('traits are checked if the plan has them, and an alias never', () => {
  const traits = { identify: z.object({ plan: z.string() }), group: z.object({ seats: z.number() }) };
  const checked = aCheck('reject', {}, traits);
  expect(checked.order({ plan: 1 }, 'identify', 'identify')).toBe('invalid_properties');
  expect(checked.order({ seats: 'x' }, 'group', 'group')).toBe('invalid_properties');
  expect(checked.order(undefined, 'alias', 'alias')).toBeUndefined();
  expect(checked.check.stats().places).toContainEqual({
    event: 'group',
    path: 'seats',
    source: SOURCE,
    count: 1,
  });
  const unchecked = aCheck('reject', {});
  expect(unchecked.order({ plan: 1 }, 'identify', 'identify')).toEqual({ plan: 1 });
  expect(unchecked.order(undefined, 'group', 'group')).toBeUndefined();
});

test('typed() adds a name to the plan, and checks nothing', () => {
  const { order } = aCheck('reject', { 'Order Completed': typed<{ id: string }>() });
  const given = { id: 1 };
  expect(order(given)).toBe(given);
});

test.each([
  ['asynchronous', z.object({}).refine(async () => false)],
  ['asynchronous', standard(async () => Promise.reject(new Error('late')))],
  ['threw', standard(() => raise(new Error('secret')))],
  ['threw', standard(() => undefined)],
] as const)('a validator that cannot say it in time counts as a violation (%s)', (why, schema) => {
  for (const onInvalid of ['warn', 'reject', 'strip'] as const) {
    const tried = aCheck(onInvalid, { 'Order Completed': schema });
    const given = { a: 1 };
    expect(tried.order(given)).toBe(onInvalid === 'warn' ? given : 'invalid_properties');
    tried.order(given);
    expect(tried.check.stats()).toMatchObject({ violations: 2, places: [{ path: '', count: 2 }] });
    expect(tried.said).toHaveLength(1);
    expect(tried.said[0]).toContain(`its schema ${why === 'threw' ? 'threw' : 'is asynchronous'}`);
    expect(tried.said[0]).not.toContain('secret');
  }
});

test('a validator may report no path, or an invalid one', () => {
  for (const issues of [[], [{ message: '' }], [null], [{ message: '', path: [null] }], [{ path: 5 }]]) {
    const tried = aCheck('strip', { 'Order Completed': standard(() => ({ issues })) });
    expect(tried.order({ a: 1 })).toBe('invalid_properties');
    expect(tried.check.stats()).toMatchObject({ violations: 1, places: [{ path: '' }] });
    expect(tried.said[0]).toContain('its properties as a whole do not');
  }
});

test('a validator that reports one issue at a time is called until nothing is left to remove', () => {
  const first = v.config(v.object({ a: v.optional(v.string()), b: v.optional(v.string()) }), {
    abortEarly: true,
  });
  expect(aCheck('strip', { 'Order Completed': first }).order({ a: 1, b: 2, c: 3 })).toEqual({});
  const never = standard((value) => ({ issues: [{ message: '', path: [Object.keys(value as object)[0]] }] }));
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`p${i}`, i]));
  expect(aCheck('strip', { 'Order Completed': never }).order(many)).toBe('invalid_properties');
});

test('getters that throw are reported, and the event is passed on to be rejected', () => {
  const given = {
    get revenue(): number {
      throw new Error('secret');
    },
  };
  const tried = aCheck('strip', {
    'Order Completed': standard(() => ({ issues: [{ message: '', path: ['revenue'] }] })),
  });
  expect(tried.order(given)).toBe(given);
  expect(tried.said[0]).toContain('got a getter that throws');
});

test('kinds are reported, never values', () => {
  const schema = standard(() => ({ issues: [{ message: 'secret', path: ['a'] }] }));
  const kinds: [unknown, string][] = [
    ['secret', 'a string'],
    [NaN, 'a number that is not finite'],
    [1, 'a number'],
    [null, 'null'],
    [7n, 'a bigint'],
    [true, 'a boolean'],
    [[1], 'an array'],
    [{}, 'an object'],
    [new Date(), 'a Date'],
    [new Date(NaN), 'an invalid Date'],
    [() => 1, 'a function'],
  ];
  for (const [value, kind] of kinds) {
    const tried = aCheck('warn', { 'Order Completed': schema });
    tried.order({ a: value });
    expect(tried.said).toEqual([expect.stringContaining(`\`a\` does not, got ${kind}.`)]);
  }
});

test('places are reported without the ids in them, and their number is bounded', () => {
  const schema = z.record(z.string(), z.object({ n: z.number() }));
  const tried = aCheck('warn', { 'Order Completed': schema });
  tried.order({ 'ada@example.com': { n: '' }, 'user-12345': { n: '' }, 'Given Name': { n: '' } });
  tried.order({ '019ab1c2-7d3e-7f00-8a55-0c1d2e3f4a5b': { n: '' } });
  expect(tried.check.stats().places.map(({ path, count }) => [path, count])).toEqual([['*.n', 2]]);
  for (let i = 0; i < 300; i++) tried.order({}, `Made of ${i}`);
  expect(tried.check.stats().places).toHaveLength(100);
  expect(tried.check.stats().unlisted).toBe(300);
  // A hundred made-up names of a client do not hide a later mistake from the log, which has its own bound.
  expect(tried.said).toHaveLength(301);
  const deep = standard(() => ({ issues: [{ message: '', path: ['a', 0, 'b', 'c', 'd', 'e', 'f'] }] }));
  const far = aCheck('warn', { 'Order Completed': deep });
  far.order({});
  expect(far.check.stats().places[0]!.path).toBe('a[].b.c.d.e.…');
});

test('made-up names of a client hide no real place for ever, and displace no place that recurs', () => {
  const tried = aCheck('warn', { 'Order Completed': ORDERS['zod']! });
  const real = { event: 'Order Completed', path: 'revenue', source: SOURCE };
  for (let i = 0; i < 300; i++) tried.order({}, `Made of ${i}`);
  for (let times = 1; times <= 3; times++) {
    tried.order({ ...ORDER, revenue: '' });
    expect(tried.check.stats().places).toContainEqual({ ...real, count: times });
    for (let i = 0; i < 99; i++) tried.order({}, `Made of ${times} and ${i}`);
  }
  expect(tried.check.stats().places).toHaveLength(100);
  tried.order({}, 'One more');
  expect(tried.check.stats().places).not.toContainEqual(expect.objectContaining(real));
});

test('twenty places of one event are reported', () => {
  const issues = Array.from({ length: 1_000 }, (_, i) => ({
    message: '',
    path: [String.fromCharCode(97 + (i % 26)) + String.fromCharCode(97 + ((i / 26) | 0))],
  }));
  const tried = aCheck('warn', { 'Order Completed': standard(() => ({ issues })) });
  tried.order({});
  expect(tried.check.stats().places).toHaveLength(20);
});

test('the output of strip is valid for any input, unless something is missing', () => {
  const schema = z.strictObject({
    a: z.string().optional(),
    b: z.number().int().optional(),
    c: z.array(z.boolean()).optional(),
  });
  const { order, check } = aCheck('strip', { 'Order Completed': schema });
  let before = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', '0'), fc.anything()), (given) => {
      const out = order(given);
      expect(schema.safeParse(out).success).toBe(true);
      const fits = schema.safeParse(given).success;
      expect(check.stats().violations).toBe(before + (fits ? 0 : 1));
      before = check.stats().violations;
      if (fits) expect(out).toEqual(schema.parse(given));
    }),
  );
});

test('a value that is no schema is rejected when the plan is defined', () => {
  for (const wrong of [undefined, null, {}, 'string', { '~standard': {} }]) {
    expect(() => defineTrackingPlan({ 'Order Completed': wrong as StandardSchema })).toThrow(
      "defineTrackingPlan(): 'Order Completed' is not a schema; expected one of a validator that implements Standard Schema",
    );
  }
  expect(() => defineTrackingPlan({}, { identify: {} as StandardSchema })).toThrow(
    "'identify' is not a schema",
  );
  expect(defineTrackingPlan({}, { identify: undefined }).traits).toEqual({ identify: undefined });
});

function standard(validate: (value: unknown) => unknown): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } };
}

function raise(error: Error): never {
  throw error;
}
