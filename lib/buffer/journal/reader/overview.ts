import { segmentFile, HISTORY_FILE } from '../format/file-names.js';
import { ERASED, historyOf } from '../format/history-line.js';
import { numbersIn } from '../format/ranges.js';
import type { EndCounts } from './accounting.js';
import type { FolderReader } from './folder-reader.js';
import type { FolderView } from './folder-view.js';
import type { JournalEvent } from './journal-event.js';
import type { LetterOutcomes } from './letter-outcomes.js';

/** The pending events of a lane, and the oldest of them. */
export interface Pending {
  events: number;
  oldest: { readonly id: string; readonly name: string; readonly acceptedAt: number };
}

/** The counts of one folder. */
export interface FolderCounts {
  readonly folder: FolderView;
  bytes: number;
  segments: number;
  /** Lines that cannot be read, and lines that are missing. */
  damaged: number;
  /** By destination. */
  readonly pending: Map<string, Pending>;
}

/**
 * Counts the events of a folder.
 *
 * @param read gets the segments that were read to their end, as `<origin>/<segment>`
 */
export async function countFolder(
  reader: FolderReader,
  letters: LetterOutcomes,
  counts: EndCounts,
  read: Set<string>,
): Promise<FolderCounts> {
  const found: FolderCounts = {
    folder: reader.folder,
    bytes: 0,
    segments: 0,
    damaged: 0,
    pending: new Map(),
  };
  const erased = { group: reader.folder.group, ...ERASED, replayed: false };
  const segments = await reader.segments();
  for (const [i, segment] of segments.entries()) {
    const bytes = await reader.files.bytes(segmentFile(segment.name));
    const name = `${reader.folder.origin}/${segment.name}`;
    const onEnd = (): void => void read.add(name);
    for await (const items of reader.items(segment, segments.slice(i + 1), letters, onEnd)) {
      for (const item of items) {
        if (item.is === 'damaged') found.damaged++;
        else if (item.is === 'missing') found.damaged += item.lines;
        else if (item.is === 'erased') counts.addEnds(erased, item.ends);
        else if (item.is === 'event') {
          counts.addEvent(item.event);
          notePending(found.pending, item.event);
        }
      }
    }
    if (!read.has(name)) continue;
    found.segments++;
    found.bytes += bytes ?? 0;
  }
  return found;
}

function notePending(pending: Map<string, Pending>, event: JournalEvent): void {
  for (const { lane, state } of event.ends) {
    if (state !== 'pending') continue;
    const { acceptedAt, id } = event;
    const held = pending.get(lane);
    if (held === undefined || acceptedAt < held.oldest.acceptedAt) {
      const oldest = { id, name: event.event.name, acceptedAt };
      pending.set(lane, { events: (held?.events ?? 0) + 1, oldest });
    } else held.events++;
  }
}

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
  const isOwn = ({ folder }: FolderReader): boolean => folder.owner === folder.origin;
  for (const reader of readers.toSorted((a, b) => Number(isOwn(a)) - Number(isOwn(b)))) {
    await addHistory(reader, letters, known, counts);
  }
}

async function addHistory(
  reader: FolderReader,
  letters: LetterOutcomes,
  known: Set<string>,
  counts: EndCounts,
): Promise<void> {
  const { group, names } = reader.folder;
  let segment: string | undefined;
  for await (const lines of reader.files.entries(HISTORY_FILE, historyOf)) {
    for (const line of lines) {
      if ('keys' in line) continue;
      if (line.segment !== segment) {
        if (known.has(line.segment)) continue;
        known.add(line.segment);
        segment = line.segment;
      }
      const { hour, type, name, state, reason = '', count } = line;
      const lane = names.here(line.lane);
      const replayed = line.replayed === true;
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
