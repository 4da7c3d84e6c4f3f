import { expect, test } from '@jest/globals';
import { retryAfterMs } from '../../../lib/delivery/http/retry-after.js';

const NOW = 1_767_225_600_000;
const date = (ms: number) => new Date(ms).toUTCString();

function waitOf(headers: Record<string, string>, maxMs = 300_000): number | undefined {
  return retryAfterMs({ status: 429, headers, body: '', complete: true }, NOW, maxMs);
}

test.each<[string, Record<string, string>, number | undefined]>([
  ['seconds', { 'retry-after': '120' }, 120_000],
  ['seconds with a fraction', { 'retry-after': '1.5' }, 1_500],
  ['seconds with spaces', { 'retry-after': ' 7 ' }, 7_000],
  ['zero', { 'retry-after': '0' }, 0],
  ['a negative number', { 'retry-after': '-5' }, 0],
  ['more than is believed', { 'retry-after': '86400' }, 300_000],
  ['Infinity', { 'retry-after': 'Infinity' }, 300_000],
  ['a date, against our clock', { 'retry-after': date(NOW + 90_000) }, 90_000],
  ['a date, against theirs', { 'retry-after': date(NOW - 3_600_000), date: date(NOW - 3_660_000) }, 60_000],
  ['a date whose own date is unreadable', { 'retry-after': date(NOW + 5_000), date: 'today' }, 5_000],
  ['a date in the past', { 'retry-after': date(NOW - 5_000) }, 0],
  ['a date in a year', { 'retry-after': date(NOW + 31_536_000_000) }, 300_000],
  ['nothing', {}, undefined],
  ['an empty text', { 'retry-after': '' }, undefined],
  ['a blank text', { 'retry-after': '  ' }, undefined],
  ['words', { 'retry-after': 'soon' }, undefined],
  ['two values', { 'retry-after': '120, 240' }, undefined],
  ['a unit', { 'retry-after': '120s' }, undefined],
])('Retry-After: %s', (_, headers, ms) => {
  expect(waitOf(headers)).toBe(ms);
});

test('a bound of zero believes nothing', () => {
  expect(waitOf({ 'retry-after': '120' }, 0)).toBe(0);
});
