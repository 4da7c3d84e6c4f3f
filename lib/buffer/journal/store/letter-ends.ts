import type { GoneLetterLine } from '../format/dead-letter-line.js';
import { letterKey } from '../format/dead-letter-line.js';
import { rowKey, type HistoryCount } from '../format/history-line.js';
import { numbersIn, Ranges } from '../format/ranges.js';

/** How the dead letters of a folder ended that are none any more, by {@link letterKey}. */
export type LetterEnds = ReadonlyMap<string, LetterEnd>;
export type LetterEnd = Pick<GoneLetterLine, 'as' | 'reason'>;

/** A count of events with one outcome, as the end of their letters changes it. */
export function withEnd<T extends Pick<HistoryCount, 'state' | 'reason'>>(
  row: T,
  end: LetterEnd | undefined,
): T {
  if (row.state !== 'dead' || end === undefined) return row;
  if (end.as === 'redriven') return { ...row, state: 'redriven', reason: undefined };
  return { ...row, state: 'dropped', reason: end.as === 'erased' ? 'erased' : (end.reason ?? row.reason) };
}

/** A line of a history, with the dead letters that ended since on lines of their own; the same line if none did. */
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
