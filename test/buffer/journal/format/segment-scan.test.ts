import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checksum } from '../../../../lib/buffer/journal/format/checksum.js';
import { toCheckedLine } from '../../../../lib/buffer/journal/format/checked-line.js';
import { erasedLine, HEADER_BYTES } from '../../../../lib/buffer/journal/format/hash-line.js';
import type { JournalRecord } from '../../../../lib/buffer/journal/format/record.js';
import { scanSegment } from '../../../../lib/buffer/journal/format/segment-scan.js';
import { anyEntry } from '../../../support/an-entry.js';
import { frameOf, idFor, jsonFor, recordsOf, scan, troublesOf } from './segments.js';

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constant('],"lanes":["x"],"seq":1,"crc":"'),
);
const anyRecord: fc.Arbitrary<JournalRecord> = fc
  .record({
    id: fc.uuid(),
    says: fc.dictionary(anyText, fc.oneof(anyText, fc.jsonValue())),
    seq: fc.oneof(
      fc.integer({ min: 1, max: 99 }),
      fc.maxSafeNat().map((n) => Math.max(1, n)),
    ),
    lanes: fc.array(anyText, { maxLength: 4 }),
    entries: fc.option(fc.dictionary(anyText, anyEntry, { noNullPrototype: true }), { nil: undefined }),
    replay: fc.option(anyText, { nil: undefined }),
  })
  .map(({ id, says, ...rest }) => ({ ...rest, json: JSON.stringify({ id, properties: says }) }));

describe('a segment', () => {
  test('gives back what was written, in its order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ records: fc.array(anyRecord, { minLength: 1, maxLength: 5 }), again: fc.boolean() }),
        ),
        (frames) => {
          const segment = Buffer.concat(frames.map(({ records, again }) => frameOf(records, again)));
          const items = scan(segment);
          expect(troublesOf(items)).toEqual([]);
          expect(recordsOf(items).map(({ offset: _o, bytes: _b, ...record }) => record)).toEqual(
            frames.flatMap(({ records, again }) =>
              records.map((record) => ({ ...record, again, id: JSON.parse(record.json).id as string })),
            ),
          );
        },
      ),
    );
  });

  test('reports the position of each line, so that it can be read alone', () => {
    const segment = Buffer.concat([
      frameOf([
        { seq: 1, json: jsonFor(1), lanes: ['a'] },
        { seq: 2, json: jsonFor(2, { city: 'Zürich' }), lanes: ['a'] },
      ]),
      frameOf([{ seq: 3, json: jsonFor(3), lanes: ['a'] }]),
    ]);
    const items = recordsOf(scan(segment));
    expect(items).toHaveLength(3);
    for (const record of items) {
      const alone = segment.subarray(record.offset, record.offset + record.bytes);
      expect(recordsOf(scanSegment(alone, record.offset, true).items)).toEqual([record]);
    }
  });

  test('is not changed', () => {
    const segment = frameOf([{ seq: 1, json: jsonFor(1), lanes: ['a'] }]);
    const before = Buffer.from(segment);
    scan(segment);
    expect(segment.equals(before)).toBe(true);
  });

  test('gives the same array for equal lists of lanes, also in different reads', () => {
    const first = scan(frameOf([{ seq: 1, json: jsonFor(1), lanes: ['a', 'b'] }]));
    const second = scan(
      frameOf([
        { seq: 2, json: jsonFor(2), lanes: ['a', 'b'], entries: { a: { note: 1 } } },
        { seq: 3, json: jsonFor(3), lanes: ['a'] },
      ]),
    );
    const [one, two, three] = [...recordsOf(first), ...recordsOf(second)];
    expect(two!.lanes).toBe(one!.lanes);
    expect(three!.lanes).toEqual(['a']);
  });

  test('is not confused by an event that contains the text of a line', () => {
    const forged = { id: idFor(9), lanes: ['b'], seq: 9, crc: '00000000' };
    const json = JSON.stringify({ id: idFor(1), properties: {}, context: forged, lanes: ['b'], seq: 7 });
    const [record] = recordsOf(scan(frameOf([{ seq: 1, json, lanes: ['a'] }])));
    expect(record).toMatchObject({ seq: 1, json, lanes: ['a'], id: idFor(1) });
  });

  test('skips blank lines', () => {
    const frame = frameOf([{ seq: 1, json: jsonFor(1), lanes: ['a'] }]);
    const items = scan(Buffer.concat([Buffer.from('\n\n'), frame, Buffer.from('\n'), frame]));
    expect(items.map(({ is }) => is)).toEqual(['record', 'record']);
  });
});

describe('an erased line', () => {
  const records = [1, 2, 3].map((n) => ({ seq: n, json: jsonFor(n), lanes: ['a'] }));

  test('is reported by its number, and the frame has no missing line', () => {
    const segment = frameOf(records);
    const { offset, bytes } = recordsOf(scan(segment))[1]!;
    erasedLine(2, bytes).copy(segment, offset);
    const items = scan(segment);
    expect(recordsOf(items).map(({ seq }) => seq)).toEqual([1, 3]);
    expect(troublesOf(items)).toEqual([{ is: 'erased', seq: 2, offset, bytes }]);
  });

  test('is damaged if a part of the event is left', () => {
    const segment = frameOf(records);
    const { offset, bytes } = recordsOf(scan(segment))[1]!;
    erasedLine(2, bytes).copy(segment, offset, 0, bytes - 30);
    expect(troublesOf(scan(segment))).toMatchObject([{ is: 'damaged', offset, bytes }]);
  });
});

describe('a line with a correct checksum', () => {
  const start = `{"id":"${idFor(1)}","type":"track"`;
  const checked = (text: string): Buffer => Buffer.from(`${text},"crc":"${checksum(text)}"}\n`);

  test('is read if our members are correct', () => {
    expect(recordsOf(scan(checked(`${start},"lanes":["a"],"seq":12`)))).toMatchObject([{ seq: 12 }]);
  });

  test.each<[string, string, object | undefined]>([
    ['of entries', '{"":{"a":{"name":"Paid"}}}', { a: { name: 'Paid' } }],
    ['of no entries', '{"":{}}', {}],
    ['of notes, as earlier versions wrote it', '{"a":1763900000}', { a: { note: 1_763_900_000 } }],
    ['of notes that look like entries', '{"a":{"name":"Paid"}}', { a: { note: { name: 'Paid' } } }],
  ])('is read with a text %s', (_, notes, entries) => {
    const text = `${start},"lanes":["a"],"notes":${JSON.stringify(notes)},"seq":1`;
    expect(recordsOf(scan(checked(text)))).toMatchObject([{ seq: 1, lanes: ['a'], entries }]);
  });

  test.each([
    ['without lanes', `${start},"seq":12`],
    ['without a number', `${start},"lanes":["a"]`],
    ['numbered 0', `${start},"lanes":["a"],"seq":0`],
    ['with a padded number', `${start},"lanes":["a"],"seq":012`],
    ['with an empty number', `${start},"lanes":["a"],"seq":`],
    ['with a negative number', `${start},"lanes":["a"],"seq":-1`],
    ['with half a number', `${start},"lanes":["a"],"seq":1.5`],
    ['with a number that is not exact', `${start},"lanes":["a"],"seq":9007199254740993`],
    ['with a number far too long', `${start},"lanes":["a"],"seq":${'1'.repeat(400)}`],
    ['with lanes that are no names', `${start},"lanes":[1],"seq":1`],
    ['with lanes that do not end', `${start},"lanes":["a","seq":1`],
    ['with something between', `${start},"lanes":["a"],"other":[],"seq":1`],
    ['with a note that is no text', `${start},"lanes":["a"],"notes":{"a":1},"seq":1`],
    ['with a note that is no JSON', `${start},"lanes":["a"],"notes":"{","seq":1`],
    ['with a note that is no object', `${start},"lanes":["a"],"notes":"[1]","seq":1`],
    ['with a note that is null', `${start},"lanes":["a"],"notes":"null","seq":1`],
    ['with entries that are no object', `${start},"lanes":["a"],"notes":"{\\"\\":[1]}","seq":1`],
    ['with an entry that is no object', `${start},"lanes":["a"],"notes":"{\\"\\":{\\"a\\":1}}","seq":1`],
    ['with a replay that is no text', `${start},"lanes":["a"],"replay":5,"seq":1`],
    ['with a replay that does not end', `${start},"lanes":["a"],"replay":"x,"seq":1`],
    ['with an id that is none', `{"id":"${'x'.repeat(36)}","lanes":["a"],"seq":1`],
    ['with a short id', `{"id":"${idFor(1).slice(1)}","type":"track","lanes":["a"],"seq":1`],
    ['of another kind', `{"at":1,"lane":"a","state":"delivered","seqs":[[1,1]],"filler":"${'x'.repeat(60)}"`],
  ])('and %s is damaged', (_, text) => {
    const line = checked(text);
    expect(scan(line)).toMatchObject([{ is: 'damaged', offset: 0, bytes: line.length }]);
  });
});

describe('a file that is no segment', () => {
  test('is damaged line by line', () => {
    const acks = [1, 2]
      .map((n) => toCheckedLine({ at: n, lane: 'a', state: 'delivered', seqs: [[n, n]] }))
      .join('');
    expect(troublesOf(scan(Buffer.from(acks)))).toHaveLength(2);
    expect(troublesOf(scan(Buffer.from('# A title\r\n\r\nSome text.\n')))).toHaveLength(3);
  });

  test('without line feeds is one torn line', () => {
    expect(scan(Buffer.alloc(500))).toEqual([{ is: 'torn', offset: 0, bytes: 500, lines: 0 }]);
  });

  test('that is empty has no items', () => {
    expect(scan(Buffer.alloc(0))).toEqual([]);
  });
});

describe('a file that grows', () => {
  const frame = frameOf([
    { seq: 1, json: jsonFor(1), lanes: ['a'] },
    { seq: 2, json: jsonFor(2), lanes: ['a'] },
  ]);

  test('is read up to its last complete frame', () => {
    const segment = Buffer.concat([frame, frame]);
    for (let length = frame.length; length < segment.length; length++) {
      const { items, used } = scanSegment(segment.subarray(0, length), 0, false);
      expect(used).toBe(frame.length);
      expect(recordsOf(items).map(({ seq }) => seq)).toEqual([1, 2]);
      expect(troublesOf(items)).toEqual([]);
    }
  });

  test('needs more bytes if its first frame is incomplete', () => {
    for (let length = 0; length < frame.length; length++) {
      expect(scanSegment(frame.subarray(0, length), 0, false)).toEqual({ items: [], used: 0 });
    }
  });

  test('counts the missing lines of the last frame at its end', () => {
    const [first] = recordsOf(scan(frame));
    const afterFirst = HEADER_BYTES + first!.bytes;
    expect(troublesOf(scan(frame.subarray(0, afterFirst)))).toEqual([
      { is: 'torn', offset: afterFirst, bytes: 0, lines: 1 },
    ]);
    expect(troublesOf(scan(frame.subarray(0, afterFirst - 1)))).toEqual([
      { is: 'torn', offset: HEADER_BYTES, bytes: first!.bytes - 1, lines: 2 },
    ]);
  });
});
