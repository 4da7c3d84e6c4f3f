import { HISTORY_FILE } from '../format/file-names.js';
import { historyOf } from '../format/history-line.js';
import { numbersIn } from '../format/ranges.js';
import type { EndCounts } from './accounting.js';
import type { LetterOutcomes } from './letter-outcomes.js';
import type { FolderReader } from './folder-reader.js';

/**
 * Adds the counts of deleted segments. An adopter copies a folder's history to its own before it removes the folder. So the
 * same lines may be in two files, and each segment is counted from one of them.
 *
 * @param letters outcomes of the dead letters of deleted segments
 * @param read segments that were counted from their events, as `<origin>/<segment>`
 */
export async function addHistories(
  readers: readonly FolderReader[],
  letters: LetterOutcomes,
  read: ReadonlySet<string>,
  counts: EndCounts,
): Promise<void> {
  const known = new Set(read);
  // Adopted folders first: if one is removed now, its history is in a folder that is read later.
  const inOrder = readers.toSorted((a, b) => Number(isOwn(a)) - Number(isOwn(b)));
  for (const reader of inOrder) await addHistory(reader, letters, known, counts);
}

async function addHistory(
  reader: FolderReader,
  letters: LetterOutcomes,
  known: Set<string>,
  counts: EndCounts,
): Promise<void> {
  const { group, names } = reader.folder;
  let segment: string | undefined;
  for await (const lines of reader.files.lines(HISTORY_FILE)) {
    for (const { value } of lines) {
      const line = value && historyOf(value);
      if (line === undefined || 'keys' in line) continue;
      if (line.segment !== segment) {
        if (known.has(line.segment)) continue;
        known.add(line.segment);
        segment = line.segment;
      }
      const { hour, type, name, state, reason = '', count } = line;
      const lane = names.here(line.lane);
      const replayed = value?.['replayed'] === true;
      const row = { group, hour, type, name, lane, state, reason, replayed, count };
      if (line.seqs === undefined) counts.add(row);
      else {
        // Dead letters, each with its present state.
        const end = { lane, state, reason: line.reason };
        for (const seq of numbersIn(line.seqs)) counts.addEnds(row, [letters.endOf(reader.folder, seq, end)]);
      }
    }
  }
}

function isOwn({ folder }: FolderReader): boolean {
  return folder.owner === folder.origin;
}
