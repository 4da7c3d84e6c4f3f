import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  acknowledgementOf,
  encodeAcknowledgement,
} from '../../../../lib/buffer/journal/format/acknowledgement.js';
import type { Acknowledgement } from '../../../../lib/buffer/journal/format/acknowledgement.js';
import { fromCheckedLine, toCheckedLine } from '../../../../lib/buffer/journal/format/checked-line.js';
import { deadLetterOf, encodeDeadLetter } from '../../../../lib/buffer/journal/format/dead-letter-line.js';
import { encodeHistory, historyOf } from '../../../../lib/buffer/journal/format/history-line.js';
import { toEventJson } from '../../../../lib/event/event-json.js';
import { REASONS } from '../../../../lib/event/reasons.js';
import { anEvent } from '../../../support/an-event.js';
import { readLines } from '../../../support/checked-lines.js';

const at = 1_763_900_000_000;
const letter = {
  event: JSON.parse(JSON.stringify(toEventJson(anEvent({ properties: { city: 'Zürich' } })))),
  lane: 'a',
  reason: 'refused' as const,
  attempts: 3,
  answer: 'No\n"such" thing',
  at,
  seq: 20,
};
const gone = { gone: letter.event.id as string, lane: 'a', as: 'redriven' as const, seq: 20, at };
const count = {
  segment: '0000000000000001-0',
  hour: '2026-11-23T15',
  type: 'track' as const,
  name: 'Order Completed',
  lane: 'a',
  state: 'dropped' as const,
  reason: 'expired' as const,
  count: 120,
};
const keys = { segment: '0000000000000001-0', keys: [['id-1', at] as const, ['id-2', at + 1] as const] };

describe('a checked line', () => {
  test('is one line of JSON with its checksum, and gives back its object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'binary', minLength: 1 }).filter((key) => key !== 'crc' && key !== '__proto__'),
          fc.jsonValue(),
          { minKeys: 1, noNullPrototype: true },
        ),
        (value) => {
          const line = toCheckedLine(value);
          expect(line.indexOf('\n')).toBe(line.length - 1);
          const plain = JSON.parse(JSON.stringify(value)) as object;
          expect(JSON.parse(line)).toMatchObject({ ...plain, crc: expect.stringMatching(/^[\da-f]{8}$/) });
          expect(fromCheckedLine(line)).toEqual(plain);
          expect(fromCheckedLine(line.slice(0, -1))).toEqual(plain);
        },
      ),
    );
  });

  test('fails if any bit is changed, and if it is truncated anywhere', () => {
    const bytes = Buffer.from(toCheckedLine({ city: 'Zürich', n: 129.9 }));
    for (let bit = 0; bit < (bytes.length - 1) * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >>> 3]! ^= 1 << (bit & 7);
      expect(fromCheckedLine(changed.toString())).toBeUndefined();
    }
    const text = bytes.toString();
    for (let end = 0; end < text.length - 1; end++)
      expect(fromCheckedLine(text.slice(0, end))).toBeUndefined();
  });
});

describe.each([
  [
    'acknowledgements',
    encodeAcknowledgement,
    acknowledgementOf,
    [
      {
        at,
        lane: 'a',
        state: 'delivered' as const,
        seqs: [
          [12, 19],
          [21, 21],
        ] as const,
      },
      { at, lane: 'ü', state: 'dead' as const, reason: 'refused' as const, seqs: [[20, 20]] as const },
      { at, lane: 'a', state: 'dropped' as const, reason: 'expired' as const, seqs: [] },
    ],
  ],
  ['dead letters', encodeDeadLetter, deadLetterOf, [letter, gone, { ...letter, answer: undefined }]],
  [
    'history',
    encodeHistory,
    historyOf,
    [
      count,
      keys,
      { ...count, state: 'delivered', reason: undefined },
      {
        ...count,
        state: 'dead',
        count: 3,
        seqs: [
          [4, 5],
          [9, 9],
        ],
      },
    ],
  ],
] as [
  string,
  (entry: unknown) => string,
  (value: Record<string, unknown>) => object | undefined,
  object[],
][])('a log of %s', (_, encode, understand, entries) => {
  const parse = (log: string) => readLines(log, understand);
  const written = entries.map(encode);
  const text = written.join('');

  test('gives back what was written, in its order', () => {
    expect(parse(text)).toEqual({ lines: entries, damaged: 0 });
    expect(written.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  test('has every complete line, wherever it is truncated', () => {
    for (let end = 0; end <= text.length; end++) {
      const { lines, damaged: broken } = parse(text.slice(0, end));
      const whole = starts(written).filter(
        (_start, i) => starts(written)[i]! + written[i]!.length - 1 <= end,
      );
      expect(lines).toEqual(entries.slice(0, whole.length));
      const rest = text.slice(0, end).split('\n').at(-1)!;
      expect(broken).toBe(rest === '' || lines.length === text.slice(0, end).split('\n').length ? 0 : 1);
    }
  });

  test('has all other lines if one is damaged, and counts the damaged one', () => {
    for (let i = 0; i < written.length; i++) {
      const lines = [...written];
      lines[i] = `${lines[i]!.slice(0, 9)}~${lines[i]!.slice(10)}`;
      expect(parse(lines.join(''))).toEqual({
        lines: entries.filter((_entry, at_) => at_ !== i),
        damaged: 1,
      });
    }
  });

  test('reads the lines of two writers, one of which died in the middle', () => {
    expect(parse(`${written[0]!.slice(0, 20)}\n${written[1]!}\n\r\n${written[0]!}`)).toEqual({
      lines: [entries[1], entries[0]],
      damaged: 1,
    });
  });

  test('does not understand lines of another kind', () => {
    const others = [{ lane: 'a' }, { at }, { segment: 'x' }, { at, lane: 'a', state: 'sent', seqs: [] }];
    expect(parse(others.map(toCheckedLine).join(''))).toEqual({ lines: [], damaged: others.length });
    expect(parse('{}\n[]\nnull\n\u0000\n')).toEqual({ lines: [], damaged: 4 });
    expect(parse('')).toEqual({ lines: [], damaged: 0 });
  });
});

describe('an acknowledgement', () => {
  const acknowledgement = fc.record(
    {
      at: fc.nat(),
      lane: fc.string(),
      state: fc.constantFrom('delivered' as const, 'dead' as const, 'dropped' as const),
      reason: fc.constantFrom(...REASONS),
      seqs: fc.array(
        fc
          .tuple(fc.integer({ min: 1, max: 1e9 }), fc.nat(1e9))
          .map(([from, more]) => [from, from + more] as const),
      ),
    },
    { requiredKeys: ['at', 'lane', 'state', 'seqs'], noNullPrototype: true },
  );

  test('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(acknowledgement), (all: Acknowledgement[]) => {
        expect(readLines(all.map(encodeAcknowledgement).join(''), acknowledgementOf)).toEqual({
          lines: all,
          damaged: 0,
        });
      }),
    );
  });

  test.each([
    { seqs: [[0, 1]] },
    { seqs: [[2, 1]] },
    { seqs: [[1]] },
    { seqs: [[1.5, 2]] },
    { seqs: [1] },
    { seqs: {} },
    { reason: 'because' },
    { reason: 5 },
    { lane: 5 },
    { at: 'now' },
  ])('with %j is not understood: its events are sent again', (member) => {
    const line = toCheckedLine({
      at,
      lane: 'a',
      state: 'dead',
      reason: 'refused',
      seqs: [[1, 1]],
      ...member,
    });
    expect(readLines(line, acknowledgementOf)).toEqual({ lines: [], damaged: 1 });
  });
});

function starts(lines: readonly string[]): number[] {
  let at_ = 0;
  return lines.map((line) => (at_ += line.length) - line.length);
}
