import { rowKey, type HistoryCount, type HistoryKeys, type HistoryLine } from '../format/history-line.js';
import { Ranges, type RangeList } from '../format/ranges.js';

/** The newest keys that a history keeps, at most. */
const MAX_KEYS = 200_000;
const KEYS_PER_LINE = 1_000;

/**
 * A shortened history: lines that differ only in their segment are added up, and keys that are too old or too many are left out.
 * Memory has one number for each kind of event, never the keys.
 *
 * @param read reads the history from its beginning; called twice
 * @param several in place of a segment's name, for the sums
 * @param isThere whether a segment still exists, and keeps its lines
 * @param oldest keys that were accepted later are kept
 */
export async function* shortHistory(
  read: () => AsyncIterable<readonly HistoryLine[]>,
  several: string,
  isThere: (segment: string) => boolean,
  oldest: number,
): AsyncGenerator<HistoryLine> {
  const counts = new Map<string, HistoryCount>();
  const isYoung = ([, at]: HistoryKeys['keys'][number]): boolean => at > oldest;
  let young = 0;
  for await (const lines of read()) {
    for (const line of lines) {
      if ('keys' in line) young += line.keys.filter(isYoung).length;
      if (isThere(line.segment)) yield 'keys' in line ? { ...line, keys: [] } : line;
      else if (!('keys' in line)) addTo(counts, { ...line, segment: several });
    }
  }
  yield* counts.values();
  let tooMany = young - MAX_KEYS;
  let keys: HistoryKeys['keys'][number][] = [];
  for await (const lines of read()) {
    for (const key of lines.flatMap((line) => ('keys' in line ? line.keys.filter(isYoung) : []))) {
      if (tooMany-- > 0) continue;
      if (keys.length === KEYS_PER_LINE) {
        yield { segment: several, keys, more: true };
        keys = [];
      }
      keys.push(key);
    }
  }
  // Written also without keys: it marks the sums as complete.
  yield { segment: several, keys };
}

function addTo(counts: Map<string, HistoryCount>, line: HistoryCount): void {
  const { seqs } = line;
  const key = `${rowKey(line)} ${seqs !== undefined}`;
  const others = counts.get(key);
  const count = line.count + (others?.count ?? 0);
  counts.set(key, { ...line, count, seqs: seqs && joined(others?.seqs ?? [], seqs) });
}

function joined(a: RangeList, b: RangeList): RangeList {
  const all = new Ranges();
  for (const [from, to] of [...a, ...b]) all.addRange(from, to);
  return all.toArray();
}
