import { describe, expect, test } from '@jest/globals';
import { kissmetrics, webhook, type Destination } from 'nestjs-tracking';
import { withTables } from './option-tables.js';
import { admission, isSent, platformTables, tableOf } from './platform-tables.js';
import { platforms, type Platform } from './platforms.js';
import { textOf } from './prose.js';

test('the tables of what each platform can do are new; if not: npm run docs:platforms', async () => {
  const page = textOf('docs/platforms.md');
  expect(withTables(page, await platformTables(), 'platforms')).toBe(page);
});

test('every destination factory of the package is in the tables', async () => {
  const exported = textOf('lib/index.ts').matchAll(
    /^export \{ (\w+) \} from '\.\/destinations\/([\w-]+)\/\2\.js';$/gm,
  );
  const calls = (await platforms()).map(({ call }) => call);
  const factories = [...exported].map(([, name]) => `${name}()`);
  expect(factories).toEqual(expect.arrayContaining(['console()', 'kissmetrics()', 'webhook()']));
  expect(calls).toEqual(expect.arrayContaining(factories));
});

test('a variant has a row in the tables where it differs', () => {
  const usual: Platform = { call: 'a()', rows: {}, destination: webhook({ url: 'https://a.example' }) };
  const variant = { ...usual, call: "a({ b: 'c' })", variantOf: usual };
  const rowsOf = (cell: (platform: Platform) => string): number =>
    tableOf([usual, variant], { cell }).trimEnd().split('\n').length - 2;
  expect(rowsOf(() => 'yes')).toBe(1);
  expect(rowsOf(({ call }) => call)).toBe(2);
});

describe('a cell', () => {
  const from = (accept: Destination['accept']): Destination => ({
    ...webhook({ url: 'https://a.example' }),
    accept,
  });
  const NO_IDENTITY = { declined: 'no_identity' } as const;

  test.each<[string, Destination['accept']]>([
    ['yes', undefined],
    ['with a `userId`', ({ userId }) => (userId === undefined ? NO_IDENTITY : undefined)],
    ['with an `anonymousId`', ({ anonymousId }) => (anonymousId === undefined ? NO_IDENTITY : undefined)],
    ['with both ids', ({ userId, anonymousId }) => (userId && anonymousId ? undefined : NO_IDENTITY)],
    ['no (`unsupported`)', () => ({ declined: 'unsupported' })],
  ])('about a call says %s', (cell, accept) => {
    expect(admission(from(accept), 'track')).toBe(cell);
  });

  test('about a part of an event says whether the request has it', () => {
    const groups = { of: { groups: { company: 'acme' } } };
    expect(isSent(webhook({ url: 'https://a.example' }), groups)).toBe(true);
    expect(isSent(kissmetrics({ apiKey: '0'.repeat(40) }), groups)).toBe(false);
  });
});
