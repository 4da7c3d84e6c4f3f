import { segmentFile } from '../format/file-names.js';
import { ERASED } from '../format/history-line.js';
import type { EndCounts } from './accounting.js';
import type { LetterOutcomes } from './letter-outcomes.js';
import type { FolderReader } from './folder-reader.js';
import type { FolderView } from './folder-view.js';
import type { JournalEvent } from './journal-event.js';

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
