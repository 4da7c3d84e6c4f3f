import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { checksum } from '../../../../lib/buffer/journal/format/checksum.js';
import { erasedLine, HEADER_BYTES, writeHeader } from '../../../../lib/buffer/journal/format/hash-line.js';
import type { ReadRecord } from '../../../../lib/buffer/journal/format/record.js';
import { frameOf, idFor, jsonFor, recordsOf, scan } from './segments.js';
import type { SegmentItem } from '../../../../lib/buffer/journal/format/segment-scan.js';

/** The position of a frame and of its lines, with erased ones. */
interface Frame {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

const forged = `{"id":"${idFor(99)}","lanes":["a"],"seq":99`;
const frames = [
  frameOf([
    { seq: 1, json: jsonFor(1), lanes: ['a', 'b'] },
    {
      seq: 2,
      json: jsonFor(2, { city: 'Zürich', said: '漢字 😀' }),
      lanes: ['a', 'b'],
      entries: { a: { note: 1_763_900_000 } },
    },
    { seq: 3, json: jsonFor(3, JSON.parse(`${forged},"crc":"${checksum(forged)}"}`)), lanes: ['a'] },
  ]),
  frameOf(
    [
      {
        seq: 4,
        json: jsonFor(4),
        lanes: ['b'],
        replay: 'c-17',
        entries: { b: { note: { key: 'ä"\\', day: 3 } } },
      },
      { seq: 5, json: jsonFor(5), lanes: ['b'] },
    ],
    true,
  ),
  frameOf([
    { seq: 6, json: jsonFor(6), lanes: ['a'] },
    { seq: 7, json: jsonFor(7), lanes: ['a'] },
    { seq: 8, json: jsonFor(8), lanes: ['a'] },
  ]),
  frameOf([{ seq: 9, json: jsonFor(9), lanes: ['a', 'b'] }]),
];
const whole = Buffer.concat(frames);
const toErase = recordsOf(scan(whole)).find(({ seq }) => seq === 7)!;
erasedLine(7, toErase.bytes).copy(whole, toErase.offset);
const records = recordsOf(scan(whole));
const lines = new Map(records.map((record) => [textAt(whole, record), record]));
const places: Frame[] = [];
for (const [i, count] of [3, 2, 3, 1].entries()) {
  const from = places.at(-1)?.to ?? 0;
  places.push({ from, to: from + frames[i]!.length, lines: count });
}

function textAt(segment: Buffer, { offset, bytes }: { offset: number; bytes: number }): string {
  return segment.toString('latin1', offset, offset + bytes - 1);
}

/** The content of a record without its position. A damaged header loses the mark that its lines were rewritten. */
function saidBy({ offset: _offset, bytes: _bytes, again: _again, ...said }: ReadRecord): object {
  return said;
}

/** Each `expect` creates an error in advance; here that would take longer than all the rest. */
function expectNone(wrong: readonly unknown[]): void {
  if (wrong.length > 0) expect(wrong).toEqual([]);
}

/** The rules for any bytes after any damage. Returns the broken rules at once, because it is called tens of thousands of times. */
function checkAny(segment: Buffer): SegmentItem[] {
  const items = scan(segment);
  expectNone([...altered(segment, items), ...lost(segment, items), ...unnamed(segment, items)]);
  return items;
}

/** Nothing may be read that was not written. */
function altered(segment: Buffer, items: readonly SegmentItem[]): unknown[] {
  return items.filter((one) => {
    if (one.is === 'erased') return one.seq !== 7;
    if (one.is !== 'record') return false;
    const original = lines.get(textAt(segment, one.record));
    return original === undefined || !isDeepStrictEqual(saidBy(one.record), saidBy(original));
  });
}

/** Every complete line is read, in order. */
function lost(segment: Buffer, items: readonly SegmentItem[]): string[] {
  const intact = segment
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .filter((line) => lines.has(line));
  const read = recordsOf(items).map((record) => textAt(segment, record));
  let from = 0;
  return intact.filter((line) => {
    const at = read.indexOf(line, from);
    if (at !== -1) from = at + 1;
    return at === -1;
  });
}

/** All other bytes are reported as damage. */
function unnamed(segment: Buffer, items: readonly SegmentItem[]): number[] {
  const named = new Uint8Array(segment.length);
  for (const one of items) {
    if (one.is === 'record') named.fill(1, one.record.offset, one.record.offset + one.record.bytes);
    else if (one.is !== 'missing') named.fill(1, one.offset, one.offset + one.bytes);
  }
  nameHeaders(segment, named);
  for (let at = 0; at < named.length; at++) if (named[at] === 0 && segment[at] !== 0x0a) return [at];
  return [];
}

function nameHeaders(segment: Buffer, named: Uint8Array): void {
  for (const { from } of places) {
    const header = whole.subarray(from, from + HEADER_BYTES);
    for (let at = segment.indexOf(header); at !== -1; at = segment.indexOf(header, at + 1)) {
      named.fill(1, at, at + HEADER_BYTES);
    }
  }
}

/** The rule if bytes were changed, and none added or removed: losses of a frame with a correct header are counted. */
function checkChanged(segment: Buffer): void {
  const items = checkAny(segment);
  for (const { from, to, lines: count } of places) {
    const sameHeader = segment
      .subarray(from, from + HEADER_BYTES)
      .equals(whole.subarray(from, from + HEADER_BYTES));
    const before = places.find((other) => other.to === from);
    const reached =
      before === undefined ||
      segment[from - 1] === 0x0a ||
      segment.compare(
        whole,
        before.from,
        before.from + HEADER_BYTES,
        before.from,
        before.from + HEADER_BYTES,
      ) === 0;
    if (!sameHeader || !reached) continue;
    let found = 0;
    for (const one of items) {
      const offset = one.is === 'record' ? one.record.offset : one.offset;
      if (offset < from || offset >= to) continue;
      found += one.is === 'missing' || one.is === 'torn' ? one.lines : 1;
    }
    if (found < count) expect({ from, found }).toEqual({ from, found: count });
  }
}

describe('a segment with a missing part', () => {
  test('has all records that end before the cut, and reports the torn line', () => {
    for (let cut = 0; cut <= whole.length; cut++) {
      const items = checkAny(whole.subarray(0, cut));
      expect(recordsOf(items)).toEqual(records.filter(({ offset, bytes }) => offset + bytes <= cut));
      const frame = places.find(({ from, to }) => from < cut && cut < to);
      const torn = items.filter(({ is }) => is !== 'record' && is !== 'erased');
      expect(torn).toHaveLength(frame === undefined ? 0 : 1);
      if (frame === undefined || cut < frame.from + HEADER_BYTES) continue;
      const there = whole.subarray(frame.from + HEADER_BYTES, cut).filter((byte) => byte === 0x0a).length;
      expect(torn[0]).toMatchObject({ is: 'torn', lines: frame.lines - there });
    }
  });

  test('has the complete next frame if a line of the one before is missing, and counts the line', () => {
    const [first, second, third] = records;
    const segment = Buffer.concat([whole.subarray(0, second!.offset), whole.subarray(third!.offset)]);
    const items = scan(segment);
    expect(recordsOf(items).map(({ seq, again }) => [seq, again])).toEqual(
      [first!, ...records.slice(2)].map(({ seq, again }) => [seq, again]),
    );
    expect(items.filter(({ is }) => is !== 'record' && is !== 'erased')).toEqual([
      { is: 'missing', lines: 1, offset: 0, bytes: 0 },
    ]);
  });

  test('has the rest if bytes in the middle are missing', () => {
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(900), (at, length) => {
        checkAny(Buffer.concat([whole.subarray(0, at), whole.subarray(at + length)]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a segment with a changed byte', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'in bit %i loses its line, and the next where it was a line feed',
    (bit) => {
      for (let at = 0; at < whole.length; at++) {
        const segment = Buffer.from(whole);
        segment[at]! ^= 1 << bit;
        checkChanged(segment);
        const kept = new Set(recordsOf(scan(segment)).map(({ seq }) => seq));
        const untouched = records.filter(({ offset, bytes }) => at < offset - 1 || at >= offset + bytes);
        expectNone(untouched.filter(({ seq }) => !kept.has(seq)));
      }
    },
  );

  test('to a line feed loses the line, and no other', () => {
    for (let at = 0; at < whole.length; at++) {
      if (whole[at] === 0x0a) continue;
      const segment = Buffer.from(whole);
      segment[at] = 0x0a;
      checkChanged(segment);
      const kept = recordsOf(scan(segment)).map(({ seq }) => seq);
      const untouched = records.filter(({ offset, bytes }) => at < offset || at >= offset + bytes);
      expect(kept).toEqual(untouched.map(({ seq }) => seq));
    }
  });

  test('keeps the last line of a frame without its line feed, because the header has its position', () => {
    for (const { to } of places) {
      const segment = Buffer.from(whole);
      segment[to - 1] = 0x20;
      expect(recordsOf(scan(segment))).toEqual(records);
    }
  });

  test('counts a line that was joined with another', () => {
    const [first, second] = records;
    const segment = Buffer.from(whole);
    segment[second!.offset - 1] = 0x20;
    expect(scan(segment).filter(({ is }) => is === 'damaged' || is === 'missing')).toMatchObject([
      { is: 'damaged', offset: first!.offset, bytes: first!.bytes + second!.bytes },
      { is: 'missing', offset: 0, lines: 1 },
    ]);
  });

  test('in a header keeps the lines after it', () => {
    for (const { from } of places) {
      const segment = Buffer.from(whole);
      segment[from + 10]! ^= 1;
      const items = scan(segment);
      expect(recordsOf(items).map(saidBy)).toEqual(records.map(saidBy));
      expect(items.filter(({ is }) => is === 'damaged')).toMatchObject([
        { offset: from, bytes: HEADER_BYTES },
      ]);
    }
  });
});

describe('a segment with overwritten bytes', () => {
  const place = fc.record({ at: fc.nat(whole.length - 1), length: fc.integer({ min: 1, max: 800 }) });

  test('with zeros has the rest', () => {
    fc.assert(
      fc.property(place, ({ at, length }) => {
        const segment = Buffer.from(whole);
        segment.fill(0, at, Math.min(at + length, segment.length));
        checkChanged(segment);
      }),
      { numRuns: 1_000 },
    );
  });

  test('with anything has the rest', () => {
    const anything = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.constantFrom('\n', '#', '{', '"', 'x'), { minLength: 1 })
        .map((text) => Buffer.from(text.join(''))),
      // A piece of itself, as if a block was written to the wrong place.
      fc
        .tuple(fc.nat(whole.length - 1), fc.nat(800))
        .map(([from, length]) => whole.subarray(from, from + length)),
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), anything, (at, bytes) => {
        const segment = Buffer.from(whole);
        bytes.copy(segment, at);
        checkAny(segment);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a segment to which bytes were added', () => {
  const garbage = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));

  test('at its end has all records', () => {
    fc.assert(
      fc.property(garbage, (bytes) => {
        const items = checkAny(Buffer.concat([whole, bytes]));
        expect(recordsOf(items)).toEqual(records);
      }),
    );
  });

  test('anywhere has the rest', () => {
    fc.assert(
      fc.property(fc.nat(whole.length), garbage, (at, bytes) => {
        checkAny(Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]));
      }),
      { numRuns: 500 },
    );
  });

  test('that are no segment gives no record that was not written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        expect(recordsOf(checkAny(Buffer.from(bytes)))).toEqual([]);
      }),
    );
  });
});

describe('a segment that is read in pieces', () => {
  test('of any size has the same items as in one piece', () => {
    const expected = scan(whole);
    for (let piece = 1; piece <= whole.length; piece++) expect(scan(whole, piece)).toEqual(expected);
  });

  test('has the same items also if it is damaged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.oneof(fc.nat(255), fc.constant(0x0a))), {
          maxLength: 6,
        }),
        fc.nat(whole.length),
        fc.nat(60),
        fc.integer({ min: 1, max: 700 }),
        (changes, cutAt, cutLength, piece) => {
          const changed = Buffer.from(whole);
          for (const [at, byte] of changes) changed[at] = byte;
          const segment = Buffer.concat([changed.subarray(0, cutAt), changed.subarray(cutAt + cutLength)]);
          expect(scan(segment, piece)).toEqual(scan(segment));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

test('the number of examined bytes is proportional to the size, with any number of forged headers', () => {
  const headers = 4_000;
  const far = 150_000;
  // Two byte ranges without a line feed: the headers point to one and the other in turn.
  const segment = Buffer.alloc(headers * HEADER_BYTES + 2 * far, 'x');
  segment[segment.length - far] = 0x0a;
  for (let n = 0; n < headers; n++) {
    const at = n * HEADER_BYTES;
    const bytes = (headers - n) * HEADER_BYTES + (n % 2) * far + 1_000;
    writeHeader({ firstSeq: n + 1, lines: 1, bytes, again: false }, segment.subarray(at));
  }
  const { indexOf } = Buffer.prototype;
  let looked = 0;
  Buffer.prototype.indexOf = function (this: Buffer, value: number, from = 0): number {
    const found = indexOf.call(this, value, from);
    looked += (found === -1 ? this.length : found + 1) - from;
    return found;
  } as typeof indexOf;
  try {
    scan(segment);
  } finally {
    Buffer.prototype.indexOf = indexOf;
  }
  expect(looked).toBeGreaterThan(far);
  expect(looked).toBeLessThan(20 * segment.length);
});
