import { expect, test } from '@jest/globals';
import type { EventParts } from '../../../lib/capture/made-event.js';
import type { RedactionRules } from '../../../lib/capture/privacy/privacy-options.js';
import { RuleRedaction } from '../../../lib/capture/privacy/rule-redaction.js';
import { snapshot } from '../../../lib/event/snapshot.js';

const apply = (rules: RedactionRules, properties: object, context: object = {}): EventParts =>
  new RuleRedaction(rules, 1_000_000).apply({
    name: 'Signed Up',
    timestamp: 0,
    who: { userId: 'ann' },
    groupId: undefined,
    previousId: undefined,
    properties: snapshot(properties, 1_000_000),
    context: snapshot(context, 1_000_000),
  }) as EventParts;

const X = '[redacted]';
const GIVEN = {
  customer: { email: 'e', name: 'n', address: { city: 'c' } },
  items: [
    { sku: 1, note: 'a', tags: ['t', 'u'] },
    { sku: 2, note: 'b', tags: [] },
  ],
  'customer.email': 'flat',
};

test.each<[string, object]>([
  ['properties.customer.email', { customer: { ...GIVEN.customer, email: X }, 'customer.email': X }],
  ['properties.customer', { customer: X, 'customer.email': X }],
  ['properties.customer.*', { customer: { email: X, name: X, address: X }, 'customer.email': X }],
  ['properties.*.email', { customer: { ...GIVEN.customer, email: X }, 'customer.email': X }],
  ['properties.items', { items: X }],
  ['properties.items.*.note', { items: GIVEN.items.map((item) => ({ ...item, note: X })) }],
  ['properties.items.note', { items: GIVEN.items.map((item) => ({ ...item, note: X })) }],
  ['properties.items.1.note', { items: [GIVEN.items[0], { ...GIVEN.items[1], note: X }] }],
  ['properties.items.0', { items: [X, GIVEN.items[1]] }],
  ['properties.items.*.tags.1', { items: [{ ...GIVEN.items[0], tags: ['t', X] }, GIVEN.items[1]] }],
  ['properties.items.*.tags.*', { items: [{ ...GIVEN.items[0], tags: [X, X] }, GIVEN.items[1]] }],
])('%s', (path, changed) => {
  expect(apply({ paths: [path] }, GIVEN).properties.value).toEqual({ ...GIVEN, ...changed });
});

test.each(['properties.nobody', 'properties.items.9', 'properties.customer.email.x', 'context.customer'])(
  '%s leads nowhere, and the event stays the object it was',
  (path) => {
    const redaction = new RuleRedaction({ paths: [path] }, 1_000_000);
    const parts = apply({ keys: [/nobody/] }, GIVEN);
    expect(redaction.apply(parts)).toBe(parts);
  },
);

test('several paths meet in one object, and the context has its own', () => {
  const { properties, context } = apply(
    { paths: ['properties.a.b', 'properties.a.c', 'properties.*.d', 'context.ip'] },
    { a: { b: 1, c: 2, d: 3, e: 4 }, ip: 5 },
    { ip: '203.0.113.7', a: { b: 1 } },
  );
  expect(properties.value).toEqual({ a: { b: X, c: X, d: X, e: 4 }, ip: 5 });
  expect(context!.value).toEqual({ ip: X, a: { b: 1 } });
});

test('with `remove` members are left out, and elements become null', () => {
  const { properties } = apply(
    { paths: ['properties.a', 'properties.list.1'], remove: true },
    { a: 1, list: [1, 2], b: 2 },
  );
  expect(JSON.stringify(properties.value)).toBe('{"list":[1,null],"b":2}');
});

test('a missing member changes nothing', () => {
  const { properties } = apply({ paths: ['properties.*'] }, { a: null, b: undefined, c: 0, d: '', e: false });
  expect(properties.value).toEqual({ a: null, b: undefined, c: X, d: X, e: X });
});

test('a member named like the prototype is a member', () => {
  const given = JSON.parse('{"__proto__": {"a": 1, "b": 2}, "constructor": 3}') as object;
  const { properties } = apply({ paths: ['properties.__proto__.a', 'properties.constructor'] }, given);
  expect(JSON.stringify(properties.value)).toBe(
    '{"__proto__":{"a":"[redacted]","b":2},"constructor":"[redacted]"}',
  );
  expect(Object.getPrototypeOf(properties.value)).toBe(Object.prototype);
});
