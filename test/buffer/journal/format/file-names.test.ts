import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareSegments,
  parseSegmentName,
  segmentName,
} from '../../../../lib/buffer/journal/format/file-names.js';

test('the name of a segment has its first number and its generation', () => {
  expect(segmentName(1, 0)).toBe('0000000000000001-0');
  expect(parseSegmentName('0000000000000001-0.jsonl')).toEqual({
    name: '0000000000000001-0',
    firstSeq: 1,
    generation: 0,
  });
});

test('a name can be parsed', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(), (firstSeq, generation) => {
      const name = segmentName(firstSeq, generation);
      expect(parseSegmentName(`${name}.jsonl`)).toEqual({ name, firstSeq, generation });
    }),
  );
});

test.each([
  '0000000000000001-0.acks',
  '0000000000000001-0.jsonl.1a2b.tmp',
  '0000000000000001-0',
  '000000000000001-0.jsonl',
  '00000000000000001-0.jsonl',
  '0000000000000001-00.jsonl',
  '0000000000000001.jsonl',
  '000000000000000x-0.jsonl',
  '9999999999999999-0.jsonl',
  ' 0000000000000001-0.jsonl',
  '0000000000000001-0.jsonl\n',
  'dead.jsonl',
  '',
])('%j is no segment', (fileName) => {
  expect(parseSegmentName(fileName)).toBeUndefined();
});

test('segments are sorted by generation, then by number', () => {
  const names = [segmentName(9, 2), segmentName(10, 0), segmentName(9, 10), segmentName(1, 0)];
  const sorted = names.map((name) => parseSegmentName(`${name}.jsonl`)!).sort(compareSegments);
  expect(sorted.map(({ name }) => name)).toEqual([
    segmentName(1, 0),
    segmentName(10, 0),
    segmentName(9, 2),
    segmentName(9, 10),
  ]);
});
