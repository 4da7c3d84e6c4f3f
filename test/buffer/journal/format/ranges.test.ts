import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Ranges } from '../../../../lib/buffer/journal/format/ranges.js';

const MOST = 60;
const range = fc.tuple(fc.nat(MOST), fc.nat(12)).map(([from, more]) => [from, from + more - 1] as const);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.nat(MOST).map((n) => [n, n] as const) },
  { weight: 3, arbitrary: range },
  { weight: 1, arbitrary: fc.constant('clear' as const) },
);

test('they contain the same numbers as a set', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ranges = new Ranges();
      const set = new Set<number>();
      for (const one of steps) {
        if (one === 'clear') {
          ranges.clear();
          set.clear();
        } else {
          const [from, to] = one;
          if (from === to) ranges.add(from);
          else ranges.addRange(from, to);
          for (let n = from; n <= to; n++) set.add(n);
        }
        expect(ranges.toArray()).toEqual(rangesOf(set));
        expect(ranges.count).toBe(set.size);
        expect(ranges.isEmpty).toBe(set.size === 0);
      }
      for (let n = -1; n <= MOST + 14; n++) expect(ranges.has(n)).toBe(set.has(n));
    }),
    { numRuns: 500 },
  );
});

test('numbers in order are one range', () => {
  const ranges = new Ranges();
  for (let n = 1; n <= 100_000; n++) ranges.add(n);
  expect(ranges.toArray()).toEqual([[1, 100_000]]);
  expect(ranges.count).toBe(100_000);
});

test('the returned ranges are a copy', () => {
  const ranges = new Ranges();
  ranges.add(1);
  ranges.toArray()[0]![1] = 9;
  expect(ranges.toArray()).toEqual([[1, 1]]);
});

function rangesOf(set: ReadonlySet<number>): [number, number][] {
  const all: [number, number][] = [];
  for (const n of [...set].sort((a, b) => a - b)) {
    const last = all.at(-1);
    if (last?.[1] === n - 1) last[1] = n;
    else all.push([n, n]);
  }
  return all;
}
