import { letterKey, withEnd, type LetterEnd } from '../format/dead-letter-line.js';
import { rowKey, type HistoryCount } from '../format/history-line.js';
import { numbersIn, Ranges } from '../format/ranges.js';

/** The final outcomes of dead letters that a folder does not keep any more, by {@link letterKey}. */
export type LetterEnds = ReadonlyMap<string, LetterEnd>;

/** A line of a history, split by the final outcomes of its dead letters; the same line if none has one. */
export function withEnds(line: HistoryCount, ends: LetterEnds): readonly HistoryCount[] {
  const { seqs, lane } = line;
  if (seqs === undefined || ends.size === 0) return [line];
  const rows = new Map<string, { readonly row: HistoryCount; readonly seqs: Ranges }>();
  for (const seq of numbersIn(seqs)) {
    const row = withEnd(line, ends.get(letterKey(lane, seq)));
    const key = rowKey(row);
    const known = rows.get(key) ?? { row, seqs: new Ranges() };
    rows.set(key, known);
    known.seqs.add(seq);
  }
  if (rows.size === 1 && rows.has(rowKey(line))) return [line];
  return [...rows.values()].map(({ row, seqs: own }) => ({
    ...row,
    count: own.count,
    seqs: row.state === 'dead' ? own.toArray() : undefined,
  }));
}
