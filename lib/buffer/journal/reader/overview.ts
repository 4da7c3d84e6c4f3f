import type { LaneEnd } from '../commands/event-filter.js';
import { historyOf } from '../format/history-line.js';
import { EndCounts } from './accounting.js';
import type { FolderReader } from './folder-reader.js';
import type { FolderView } from './folder-view.js';
import type { JournalEvent } from './journal-event.js';
import { logLines } from './line-stream.js';

/** What waits for a destination, and the oldest of it. */
export interface Pending {
  events: number;
  oldest: { readonly id: string; readonly name: string; readonly acceptedAt: number };
}

/** What is in one folder, counted. */
export interface FolderCounts {
  readonly folder: FolderView;
  bytes: number;
  segments: number;
  /** Lines that cannot be read, and lines that are missing. */
  damaged: number;
  /** By destination. */
  readonly pending: Map<string, Pending>;
}

/** What an erased event is counted under: nothing of it may be told, but it was accepted. */
export const ERASED_NAME = '(erased)';

/**
 * Counts what is in a folder, and what was in segments that are deleted by now. Whatever is deleted while it reads is counted
 * once: from its segment where that could be read, otherwise from the history, which is read last.
 */
export async function countFolder(reader: FolderReader, counts: EndCounts): Promise<FolderCounts> {
  const found: FolderCounts = {
    folder: reader.folder,
    bytes: 0,
    segments: 0,
    damaged: 0,
    pending: new Map(),
  };
  const segments = await reader.segments();
  const read = new Set<string>();
  for (const [i, segment] of segments.entries()) {
    const bytes = await reader.files.bytes(`${segment.name}.jsonl`);
    for await (const items of reader.items(segment, segments.slice(i + 1), () => read.add(segment.name))) {
      for (const item of items) {
        if (item.is === 'event') {
          counts.addEvent(item.event);
          notePending(found.pending, item.event);
        } else if (item.is === 'damaged') found.damaged++;
        else if (item.is === 'missing') found.damaged += item.lines;
        else if (item.is === 'erased') addErased(counts, reader.folder.group, item.ends);
      }
    }
    if (!read.has(segment.name)) continue;
    found.segments++;
    found.bytes += bytes ?? 0;
  }
  await addHistory(reader, read, counts);
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

function addErased(counts: EndCounts, group: string, ends: readonly LaneEnd[]): void {
  for (const { lane, state, reason = '' } of ends) {
    const kind = { hour: '', type: '', name: ERASED_NAME, replayed: false };
    counts.add({ group, ...kind, lane, state, reason, count: 1 });
  }
}

async function addHistory(reader: FolderReader, read: ReadonlySet<string>, counts: EndCounts): Promise<void> {
  for await (const lines of logLines(reader.files, 'history.jsonl')) {
    for (const { value } of lines) {
      const line = value && historyOf(value);
      if (line === undefined || 'keys' in line || read.has(line.segment)) continue;
      const { hour, type, name, lane, state, reason = '', count } = line;
      const replayed = value?.['replayed'] === true;
      counts.add({ group: reader.folder.group, hour, type, name, lane, state, reason, replayed, count });
    }
  }
}
