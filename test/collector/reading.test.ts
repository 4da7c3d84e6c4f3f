import { describe, expect, test } from '@jest/globals';
import { idOf, isoTime, objectOf, parseJson, textOf } from '../../lib/collector/platforms/reading/json.js';
import { basicUser, bearerToken } from '../../lib/collector/platforms/reading/request.js';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('the readers that platforms share', () => {
  test('a text that is not JSON, or too deep to be shown, has no value', () => {
    expect(['', '{', 'nul', '\u0000', nested(600), nested(100_000)].map(parseJson)).toEqual(
      Array.from({ length: 6 }, () => undefined),
    );
    expect(parseJson(nested(100))).toBeDefined();
    expect(parseJson(JSON.stringify({ text: '[{'.repeat(2_000) }))).toHaveProperty('text');
  });

  test('__proto__ is a member like any other', () => {
    const value = objectOf(parseJson('{"__proto__":{"admin":true}}'));
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect((value as { admin?: unknown }).admin).toBeUndefined();
  });

  test('any value in place of an object, a text or an id', () => {
    for (const value of [null, undefined, 1, 'text', true, [1], ['id']]) expect(objectOf(value)).toEqual({});
    expect(['a', '', 1, null, {}, []].map(textOf)).toEqual(['a', null, null, null, null, null]);
    expect(['a', '', 1, 0, null, {}, []].map(idOf)).toEqual(['a', null, '1', '0', null, null, null]);
  });

  test.each([
    ['2026-01-01T00:00:00.000Z', Date.UTC(2026, 0, 1)],
    ['2026-01-01T00:00:00', Date.UTC(2026, 0, 1)],
    ['2026-01-01 00:00:00', Date.UTC(2026, 0, 1)],
    ['2026-01-01', Date.UTC(2026, 0, 1)],
    ['2026-01-01T02:00:00.123456+02:00', Date.UTC(2026, 0, 1) + 123],
    ['2026-01-01T02:00:00+0200', Date.UTC(2026, 0, 1)],
    ['2026-13-01T00:00:00Z', null],
    ['01/02/2026', null],
    ['', null],
    [1_767_225_600_000, null],
    [null, null],
  ])('the time of %j is %j', (text, time) => {
    expect(isoTime(text)).toBe(time);
  });

  test('the credentials of an Authorization header', () => {
    expect(basicUser('Basic V1JJVEVfS0VZOg==')).toBe('WRITE_KEY');
    for (const none of [undefined, '', 'Basic', 'Basic ', 'Basic Og==', 'Bearer abc'])
      expect(basicUser(none)).toBeUndefined();
    expect(bearerToken('Bearer abc')).toBe('abc');
    for (const none of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc'])
      expect(bearerToken(none)).toBeUndefined();
  });
});
