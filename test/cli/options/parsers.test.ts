import { describe, expect, test } from '@jest/globals';
import { timeOf } from '../../../lib/cli/options/parsers.js';

const NOW = Date.UTC(2026, 10, 23, 15);

describe('a moment', () => {
  test.each([
    ['90s', NOW - 90_000],
    ['15m', NOW - 900_000],
    ['2h', NOW - 7_200_000],
    ['1.5h', NOW - 5_400_000],
    ['3d', NOW - 259_200_000],
    ['1w', NOW - 604_800_000],
    ['2026-11-23', Date.UTC(2026, 10, 23)],
    ['2026-11-23T14:00Z', NOW - 3_600_000],
    ['2026-11-23 14:00Z', NOW - 3_600_000],
    ['2026-11-23T15:30:00.250+01:00', NOW - 1_799_750],
    ['2026-11-23t14:00:00z', NOW - 3_600_000],
    ['2026-11', Date.UTC(2026, 10, 1)],
    [String(NOW), NOW],
  ])('is read from %s', (text, time) => {
    expect(timeOf(text, NOW)).toBe(time);
  });

  test.each([
    '',
    'yesterday',
    '2',
    '-2h',
    '2 h',
    '1h30m',
    '23/11/2026',
    '2026-13-01',
    '2026-11-23T25:00Z',
    '2026-02-31',
    '2026-02-31T12:00:00Z',
  ])('is not read from %j', (text) => {
    expect(timeOf(text, NOW)).toBe('no_time');
  });

  test.each([
    [NOW / 1_000, 'seconds'],
    [NOW * 1_000, 'microseconds'],
    [NOW * 100, 'late'],
  ])('is not read from %d', (number, problem) => {
    expect(timeOf(String(number), NOW)).toBe(problem);
  });
});
