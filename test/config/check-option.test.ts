import { describe, expect, test } from '@jest/globals';
import {
  badChoice,
  badOption,
  checkCount,
  checkFlag,
  checkFunction,
  checkKeys,
  checkUrl,
} from '../../lib/config/check-option.js';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';

function errorOf(check: () => void): TrackingConfigError {
  try {
    check();
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('the check took it');
}

describe('a bad option', () => {
  test.each<[unknown, string]>([
    ['', 'an empty string'],
    ['hunter2', 'a string of 7 characters'],
    ['x'.repeat(50), 'a string of 50 characters'],
    [-1, 'a number'],
    [10n, 'a bigint'],
    [false, 'false'],
    [null, 'null'],
    [undefined, 'undefined'],
    [['a'], 'an array'],
    [{ a: 1 }, 'an object'],
    [() => 1, 'a function'],
    [Symbol('s'), 'a symbol'],
  ])('is told by the kind of what it got: %p', (got, seen) => {
    expect(badOption('apiKey', got, 'a key').message).toBe(
      `TrackingModule: option \`apiKey\` is ${seen}; expected a key.`,
    );
  });

  test.each<[unknown, string]>([
    ['', 'an empty string'],
    ['soon', "'soon'"],
    ['hunter22', 'a string of 8 characters'],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [10n, '10'],
    [false, 'false'],
    [{ a: 1 }, 'an object'],
  ])('that takes a number or a word shows what it got: %p', (got, seen) => {
    expect(badChoice('retry.minDelayMs', got, 'a number').message).toBe(
      `TrackingModule: option \`retry.minDelayMs\` is ${seen}; expected a number.`,
    );
  });
});

describe('checkKeys', () => {
  test('accepts known members, and undefined', () => {
    expect(() => checkKeys('retry', { minDelayMs: 1 }, ['minDelayMs', 'maxDelayMs'])).not.toThrow();
    expect(() => checkKeys('retry', undefined, [])).not.toThrow();
  });

  test('names an unknown member with its path and the known ones', () => {
    const error = errorOf(() => checkKeys('retry', { attempts: 5 }, ['minDelayMs', 'maxDelayMs']));
    expect(error.option).toBe('retry.attempts');
    expect(error.message).toBe(
      'TrackingModule: option `retry.attempts` is unknown; expected one of minDelayMs, maxDelayMs.',
    );
    expect(errorOf(() => checkKeys('', { destination: [] }, ['destinations'])).option).toBe('destination');
  });

  test.each([null, 'text', 5, [], true])('refuses %p in place of an object', (value) => {
    expect(errorOf(() => checkKeys('retry', value, [])).message).toContain('expected an object');
  });
});

describe('checkCount', () => {
  test.each([undefined, 1, 10, 5])('accepts %p from 1 to 10', (value) => {
    expect(() => checkCount('n', value, 1, 10)).not.toThrow();
  });

  test.each([0, -1, 11, 1.5, Number.NaN, Infinity, '5', null, {}, 5n])('refuses %p from 1 to 10', (value) => {
    expect(errorOf(() => checkCount('n', value, 1, 10)).message).toContain('a whole number from 1 to 10');
  });

  test('names only the lower bound if there is no upper one', () => {
    expect(errorOf(() => checkCount('n', -1, 0)).message).toContain('a whole number of at least 0.');
  });
});

test.each<[string, (value: unknown) => void, unknown[], unknown[]]>([
  ['a function', (value) => checkFunction('o', value), [undefined, () => 1], ['', 5, null, {}]],
  ['a flag', (value) => checkFlag('o', value), [undefined, true, false], ['', 0, null, 'true']],
  [
    'a URL',
    (value) => checkUrl('o', value),
    ['https://a.example', 'http://localhost:3000/x?y=1'],
    [undefined, null, '', 'a.example', '/path', 'ftp://a.example', 'file:///etc/passwd', 5, {}],
  ],
])('%s is checked for what it is', (_, check, good, bad) => {
  for (const value of good) expect(() => check(value)).not.toThrow();
  for (const value of bad) expect(errorOf(() => check(value)).option).toBe('o');
});

test('an invalid URL is not shown: it may be a misplaced key', () => {
  expect(errorOf(() => checkUrl('url', 'sk_live_1234')).message).not.toContain('sk_live');
  expect(errorOf(() => checkUrl('url', 'ftp://user:sk_live_1234@host')).message).not.toContain('sk_live');
});
