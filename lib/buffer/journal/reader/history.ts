import { historyOf } from '../format/history-line.js';
import type { EndCounts } from './accounting.js';
import type { FolderReader } from './folder-reader.js';

/**
 * Adds what was in segments that are deleted by now. A folder's history is copied to that of whoever took the folder over
 * before the folder is removed, so the same lines may be in two files, and each segment is counted from one of them.
 *
 * @param read the segments that were counted themselves, as `<origin>/<segment>`
 */
export async function addHistories(
  readers: readonly FolderReader[],
  read: ReadonlySet<string>,
  counts: EndCounts,
): Promise<void> {
  const known = new Set(read);
  // Those that were taken over first: if one is removed just now, its history is in one that is read after it.
  const inOrder = readers.toSorted((a, b) => Number(isOwn(a)) - Number(isOwn(b)));
  for (const reader of inOrder) await addHistory(reader, known, counts);
}

async function addHistory(reader: FolderReader, known: Set<string>, counts: EndCounts): Promise<void> {
  const { group, names } = reader.folder;
  let segment: string | undefined;
  // A crash may have left the lines of a segment in here twice, one behind the other.
  let seen = new Set<string>();
  for await (const lines of reader.files.lines('history.jsonl')) {
    for (const { value } of lines) {
      const line = value && historyOf(value);
      if (line === undefined || 'keys' in line) continue;
      if (line.segment !== segment) {
        if (known.has(line.segment)) continue;
        known.add(line.segment);
        segment = line.segment;
        seen = new Set();
      }
      const text = JSON.stringify(value);
      if (seen.has(text)) continue;
      seen.add(text);
      const { hour, type, name, state, reason = '', count } = line;
      const lane = names.here(line.lane);
      const replayed = value?.['replayed'] === true;
      counts.add({ group, hour, type, name, lane, state, reason, replayed, count });
    }
  }
}

function isOwn({ folder }: FolderReader): boolean {
  return folder.owner === folder.origin;
}
