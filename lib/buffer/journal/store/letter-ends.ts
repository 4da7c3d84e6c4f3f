import type { GoneLetterLine } from '../format/dead-letter-line.js';
import { letterKey } from '../format/dead-letter-line.js';
import type { HistoryCount } from '../format/history-line.js';
import { Ranges } from '../format/ranges.js';

/** How the dead letters of a folder ended that are none any more, by {@link letterKey}. */
export type LetterEnds = ReadonlyMap<string, LetterEnd>;
export type LetterEnd = Pick<GoneLetterLine, 'as' | 'reason'>;

type Outcome = Pick<HistoryCount, 'state' | 'reason'>;

/** How a record ended, by its own outcome and the end of its letter. */
export function outcomeOf<T extends Outcome>(own: T, letter: LetterEnd | undefined): T | Outcome {
  if (own.state !== 'dead' || letter === undefined) return own;
  if (letter.as === 'redriven') return { state: 'redriven' };
  return { state: 'dropped', reason: letter.as === 'erased' ? 'erased' : (letter.reason ?? own.reason) };
}

/** A line of a history, with the dead letters that ended since on lines of their own; the same line where none did. */
export function withEnds(line: HistoryCount, ends: LetterEnds): readonly HistoryCount[] {
  const { lane, state, reason, seqs } = line;
  if (seqs === undefined || ends.size === 0) return [line];
  const dead = new Ranges();
  const ended = new Map<string, HistoryCount>();
  for (const [from, to] of seqs) {
    for (let seq = from; seq <= to; seq++) {
      const end = ends.get(letterKey(lane, seq));
      if (end === undefined) {
        dead.add(seq);
        continue;
      }
      const outcome = outcomeOf({ state, reason }, end);
      const key = `${outcome.state} ${outcome.reason}`;
      const count = (ended.get(key)?.count ?? 0) + 1;
      ended.set(key, { ...line, reason: undefined, ...outcome, count, seqs: undefined });
    }
  }
  if (ended.size === 0) return [line];
  if (dead.isEmpty) return [...ended.values()];
  return [{ ...line, count: dead.count, seqs: dead.toArray() }, ...ended.values()];
}
