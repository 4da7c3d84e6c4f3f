import { describe, expect, test } from '@jest/globals';
import { FrameBuilder } from '../../../../lib/buffer/journal/format/frame-builder.js';
import {
  HEADER_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_LINES,
  readHeader,
  writeHeader,
} from '../../../../lib/buffer/journal/format/hash-line.js';
import { jsonFor, recordsOf, scan } from './segments.js';

describe('a frame', () => {
  test('is text: a header, and a line for each record', () => {
    const builder = new FrameBuilder();
    builder.add({ seq: 12, json: '{"id":"1","name":"Ü"}', lanes: ['a', 'b'] });
    builder.add({ seq: 13, json: '{"id":"2"}', lanes: ['a'], entries: { a: { note: 7 } }, replay: 'c"1' });
    expect(builder.take().toString()).toBe(
      '#1w 0000000000000012 000002 000000172 b9451aba\n' +
        '{"id":"1","name":"Ü","lanes":["a","b"],"seq":12,"crc":"7fc2b690"}\n' +
        '{"id":"2","lanes":["a"],"notes":"{\\"\\":{\\"a\\":{\\"note\\":7}}}","replay":"c\\"1","seq":13,"crc":"3a75e01f"}\n',
    );
  });

  test('has each line at its reported position', () => {
    const builder = new FrameBuilder();
    const added = [1, 2, 3].map((n) =>
      builder.add({ seq: n, json: jsonFor(n, { said: 'ü'.repeat(n) }), lanes: ['a'] }),
    );
    expect(builder.events).toBe(3);
    const bytes = builder.bytes;
    const frame = builder.take();
    expect(frame).toHaveLength(bytes);
    expect(recordsOf(scan(frame)).map(({ offset, bytes: length }) => ({ offset, bytes: length }))).toEqual(
      added,
    );
  });

  test('does not change when records are added to the next one', () => {
    const builder = new FrameBuilder();
    builder.add({ seq: 1, json: jsonFor(1), lanes: ['a'] });
    const first = builder.take();
    const before = Buffer.from(first);
    expect(builder).toMatchObject({ events: 0, bytes: HEADER_BYTES });
    builder.add({ seq: 2, json: jsonFor(2), lanes: ['a'] });
    const second = builder.take();
    expect(first.equals(before)).toBe(true);
    expect(recordsOf(scan(second)).map(({ seq }) => seq)).toEqual([2]);
  });

  test('accepts any number of records of any size', () => {
    const builder = new FrameBuilder();
    const sizes = [10, 40_000, 50_000, 1_500_000, 10, 400_000];
    for (const [i, size] of sizes.entries()) {
      builder.add({ seq: i + 1, json: jsonFor(i, { said: 'x'.repeat(size) }), lanes: ['a'] });
      if (i === 3) expect(recordsOf(scan(builder.take()))).toHaveLength(4);
    }
    const frame = builder.take();
    expect(recordsOf(scan(frame)).map(({ json }) => json)).toEqual(
      [4, 5].map((i) => jsonFor(i, { said: 'x'.repeat(sizes[i]!) })),
    );
  });

  test('uses no more memory than its bytes, because it may stay in memory while the disk fails', () => {
    const builder = new FrameBuilder();
    builder.add({ seq: 1, json: jsonFor(1), lanes: ['a'] });
    const frame = builder.take();
    expect(frame.buffer.byteLength).toBe(frame.length);
  });

  test('is empty without a record', () => {
    expect(new FrameBuilder().take()).toHaveLength(0);
  });

  test('is marked when it is rewritten', () => {
    const builder = new FrameBuilder();
    builder.add({ seq: 1, json: jsonFor(1), lanes: ['a'] });
    const frame = builder.take(true);
    expect(frame.toString('latin1', 0, 4)).toBe('#1r ');
    expect(recordsOf(scan(frame))).toMatchObject([{ again: true }]);
  });
});

describe('the header of a frame', () => {
  const header = {
    firstSeq: Number.MAX_SAFE_INTEGER,
    lines: MAX_FRAME_LINES,
    bytes: MAX_FRAME_BYTES,
    again: true,
  };

  test('is read as it was written', () => {
    const bytes = Buffer.alloc(HEADER_BYTES + 5);
    writeHeader(header, bytes.subarray(5));
    expect(readHeader(bytes, 5)).toEqual(header);
    expect(readHeader(bytes, 4)).toBeUndefined();
  });

  test('is not read if any bit is changed, or if it is truncated', () => {
    const bytes = Buffer.alloc(HEADER_BYTES);
    writeHeader(header, bytes);
    for (let bit = 0; bit < HEADER_BYTES * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >>> 3]! ^= 1 << (bit & 7);
      expect(readHeader(changed, 0)).toBeUndefined();
    }
    for (let length = 0; length < HEADER_BYTES; length++) {
      expect(readHeader(bytes.subarray(0, length), 0)).toBeUndefined();
    }
  });

  test('is not written with numbers that are too large', () => {
    const bytes = Buffer.alloc(HEADER_BYTES);
    expect(() => writeHeader({ ...header, lines: MAX_FRAME_LINES + 1 }, bytes)).toThrow(RangeError);
    expect(() => writeHeader({ ...header, bytes: MAX_FRAME_BYTES + 1 }, bytes)).toThrow(RangeError);
  });
});
