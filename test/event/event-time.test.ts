import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, eventTime } from '../../lib/event/event-time.js';

const NOW = Date.UTC(2026, 10, 30);
const DAY = 86_400_000;
const EARLIEST = Date.UTC(1980, 0, 1);
const valid = fc.integer({ min: EARLIEST, max: NOW + DAY });

describe('a time', () => {
  test('is a Date, epoch milliseconds or RFC 3339 text, from 1980 to a day ahead', () => {
    fc.assert(
      fc.property(valid, fc.integer({ min: -1_439, max: 1_439 }), (ms, offset) => {
        const zone = `${offset < 0 ? '-' : '+'}${new Date(Math.abs(offset) * 60_000).toISOString().slice(11, 16)}`;
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1) + zone;
        for (const given of [ms, ms + 0.9, new Date(ms), new Date(ms).toISOString(), local]) {
          expect(eventTime(given, NOW)).toBe(ms);
        }
      }),
    );
  });

  test.each([
    ['2026-01-01T12:00:00Z', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01t12:00:00z', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01 12:00:00+01:00', '2026-01-01T11:00:00.000Z'],
    ['2026-01-01T12:00:00.1234567891-23:59', '2026-01-02T11:59:00.123Z'],
    ['2026-01-01T12:00:00.5Z', '2026-01-01T12:00:00.500Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('is read from %s', (text, iso) => {
    expect(eventTime(text, NOW)).toBe(Date.parse(iso));
  });

  test.each([
    '',
    'now',
    '2026',
    '2026-01-01',
    '2026-01-01T12:00:00', // of which zone?
    '2026-01-01T12:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T12:60:00Z',
    '2026-01-01T12:00:61Z',
    '2026-01-01T12:00:00+24:00',
    '2026-01-01T12:00:00+0100',
    '2026-01-01T12:00:00.Z',
    ' 2026-01-01T12:00:00Z',
    'Thu, 01 Jan 2026 12:00:00 GMT',
    '1767225600000',
  ])('is not read from %j', (text) => {
    expect(epochMs(text)).toBeNaN();
    expect(eventTime(text, NOW)).toBe('no_text');
  });

  test.each([Number.NaN, Infinity, null, undefined, {}, [], true, 5n, new Date('x'), { getTime: () => NOW }])(
    'is not %p',
    (given) => {
      expect(eventTime(given, NOW)).toBe('no_time');
    },
  );

  test('of another unit is recognised by its size', () => {
    fc.assert(
      fc.property(valid, (ms) => {
        expect(eventTime(Math.ceil(ms / 1_000), NOW)).toBe('seconds');
        expect(eventTime(ms / 1_000, NOW)).toBe('seconds');
        expect(eventTime(ms * 1_000, NOW)).toBe('microseconds');
        expect(eventTime(ms * 1_000_000, NOW)).toBe('nanoseconds');
        expect(eventTime(new Date(Math.ceil(ms / 1_000)), NOW)).toBe('seconds');
      }),
    );
  });

  test.each<[unknown, string]>([
    [0, 'early'],
    [-1, 'early'],
    [EARLIEST - 1, 'early'],
    [new Date(0), 'early'],
    ['1979-12-31T23:59:59Z', 'early'],
    [NOW + DAY + 1, 'late'],
    [Date.UTC(2100, 0, 1), 'late'],
    ['2100-01-01T00:00:00Z', 'late'],
    [Number.MAX_VALUE, 'late'],
  ])('%p is too %s', (given, problem) => {
    expect(eventTime(given, NOW)).toBe(problem);
  });
});
