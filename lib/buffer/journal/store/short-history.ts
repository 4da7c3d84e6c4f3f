import { encodeHistory, encodeKeys } from '../format/history-line.js';
import type { HistoryCount, HistoryKeys } from '../format/history-line.js';
import { Ranges, type RangeList } from '../format/ranges.js';

type Lines = AsyncIterable<readonly (HistoryCount | HistoryKeys)[]>;
type Key = HistoryKeys['keys'][number];

/** Keys that are kept in a history. */
const MAX_KEYS = 200_000;
const SECOND_MS = 1_000;
/** Keys buffered before they are written. */
const SLICE_KEYS = 1_000;

/**
 * A history made short: what does not differ but in its segment is added up, and the keys that nobody remembers are left
 * out. Memory holds one number for each kind of event and each second of keys, never the keys.
 *
 * @param read reads the history from its beginning; called several times
 * @param several in place of a segment's name, where what several held was added up
 * @param isThere whether a segment is still there, and keeps its lines
 */
export async function* shortHistory(
  read: () => Lines,
  several: string,
  isThere: (segment: string) => boolean,
  oldest: number,
): AsyncGenerator<string> {
  const counts = new Map<string, HistoryCount>();
  const seconds = new Map<number, number>();
  for await (const lines of read()) {
    for (const line of lines) {
      if ('keys' in line) {
        for (const [, at] of line.keys)
          if (at > oldest) seconds.set(secondOf(at), (seconds.get(secondOf(at)) ?? 0) + 1);
        if (isThere(line.segment)) yield encodeHistory({ ...line, keys: [] });
      } else if (isThere(line.segment)) yield encodeHistory(line);
      else {
        const { hour, type, name, lane, state, reason, replayed, count, seqs } = line;
        const key = JSON.stringify([hour, type, name, lane, state, reason, replayed, seqs !== undefined]);
        const others = counts.get(key);
        const all = seqs && joined(others?.seqs ?? [], seqs);
        counts.set(key, { ...line, segment: several, count: count + (others?.count ?? 0), seqs: all });
      }
    }
  }
  for (const count of counts.values()) yield encodeHistory(count);
  yield* newestKeys(read, several, oldest, seconds);
}

/** The last keys, of those that are younger than `oldest`; how many there are of each second is known. */
async function* newestKeys(
  read: () => Lines,
  several: string,
  oldest: number,
  seconds: ReadonlyMap<number, number>,
): AsyncGenerator<string> {
  let room = MAX_KEYS;
  let first = -Infinity;
  for (const [second, count] of [...seconds].toSorted(([a], [b]) => b - a)) {
    first = second;
    if ((room -= count) <= 0) break;
  }
  // Of the first second, those that there is no room for.
  let left = Math.max(0, -room);
  let slice: Key[] = [];
  for await (const lines of read()) {
    for (const line of lines) {
      if (!('keys' in line)) continue;
      for (const key of line.keys) {
        const second = secondOf(key[1]);
        if (key[1] <= oldest || second < first || (second === first && --left >= 0)) continue;
        if (slice.push(key) <= SLICE_KEYS) continue;
        yield encodeHistory({ segment: several, keys: slice.slice(0, SLICE_KEYS), more: true });
        slice = slice.slice(SLICE_KEYS);
      }
    }
  }
  // Always, so that what was added up counts as complete.
  yield* encodeKeys(several, slice);
}

function joined(a: RangeList, b: RangeList): RangeList {
  const all = new Ranges();
  for (const [from, to] of [...a, ...b]) all.addRange(from, to);
  return all.toArray();
}

const secondOf = (at: number): number => Math.floor(at / SECOND_MS);
