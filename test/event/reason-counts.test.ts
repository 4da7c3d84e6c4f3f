import { expect, test } from '@jest/globals';
import { countReason, reasonCounts, REASONS } from '../../lib/event/reasons.js';

test('every reason can be read, and only those that occurred are written out', () => {
  const counts = reasonCounts();
  for (const reason of REASONS) expect(counts[reason]).toBe(0);
  countReason(counts, 'closed');
  countReason(counts, 'closed');
  expect(JSON.stringify(counts)).toBe('{"closed":2}');
});

test('a copy is a snapshot', () => {
  const counts = reasonCounts();
  countReason(counts, 'when');
  const copy = reasonCounts(counts);
  countReason(counts, 'when');
  expect(copy.when).toBe(1);
  expect(copy.closed).toBe(0);
  expect(structuredClone(copy)).toEqual({ when: 1 });
});
