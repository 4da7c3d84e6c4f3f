import { acknowledgementOf } from '../format/acknowledgement.js';
import { damagedLineOf } from '../format/damaged-line.js';
import { SegmentEnd } from '../format/segment-end.js';
import type { Damage } from './damage.js';
import type { FolderReader } from './folder-reader.js';

/** What was read of a folder, to be sure that it can be. */
export interface FolderVerdict {
  segments: number;
  events: number;
  bytes: number;
  /** Lines that were erased on demand. */
  erased: number;
}

const LOGS = ['dead.jsonl', 'history.jsonl', 'damaged.jsonl'];

/** Reads every line of a folder, and tells of each that cannot be read, as it is found. */
export async function verifyFolder(
  reader: FolderReader,
  found: (damage: Damage) => Promise<void>,
): Promise<FolderVerdict> {
  const { folder } = reader;
  const name = `${folder.group}/${folder.origin}`;
  const verdict: FolderVerdict = { segments: 0, events: 0, bytes: 0, erased: 0 };
  const tell = async (
    file: string,
    what: Damage['what'],
    at: Partial<Damage> & Pick<Damage, 'offset' | 'bytes'>,
  ): Promise<void> => {
    const { offset, bytes, lines, text, setAside = false } = at;
    await found({ folder: name, file, offset, bytes, lines, what, setAside, text });
  };

  if (folder.ownerFile === 'damaged' || folder.ownerFile === 'missing') {
    await tell('owner.json', 'owner', { offset: 0, bytes: (await reader.files.bytes('owner.json')) ?? 0 });
  }
  const known = await setAside(reader);
  const segments = await reader.segments();
  for (const [i, segment] of segments.entries()) {
    const file = `${segment.name}.jsonl`;
    const bytes = await reader.files.bytes(file);
    if (bytes === undefined) continue;
    verdict.segments++;
    verdict.bytes += bytes;
    const end = new SegmentEnd(segment.firstSeq);
    const later = segments.slice(i + 1);
    for await (const items of reader.contents(segment, later)) {
      for (const item of items) {
        if (item.is === 'record' || item.is === 'erased') {
          verdict[item.is === 'record' ? 'events' : 'erased']++;
          end.read(item.is === 'record' ? item.record.seq : item.seq);
        } else if (item.is === 'damaged') {
          end.unreadable(1);
          const setAside = known.has(`${segment.name} ${item.offset}`);
          await tell(file, 'line', { ...item, setAside });
        } else {
          end.unreadable(item.lines);
          await tell(file, item.is, item);
        }
      }
    }
    let acknowledged = 0;
    // A last line without an end is still being written, or was when its writer died.
    for await (const lines of reader.files.lines(`${segment.name}.acks`)) {
      for (const { value, torn, offset, bytes } of lines) {
        const acknowledgement = value && acknowledgementOf(value);
        for (const [, last] of acknowledgement?.seqs ?? []) acknowledged = Math.max(acknowledged, last);
        if (torn === true || acknowledgement !== undefined) continue;
        await tell(`${segment.name}.acks`, 'log', { offset, bytes });
      }
    }
    // Of the last segment only its acknowledgements tell how far it went.
    const lost = later.length === 0 && reader.isEnd(later) ? end.missingBefore(acknowledged + 1) : 0;
    if (lost > 0) await tell(file, 'missing', { offset: bytes, bytes: 0, lines: lost });
  }
  for (const file of await reader.files.unknown()) {
    await tell(file, 'unknown', { offset: 0, bytes: (await reader.files.bytes(file)) ?? 0 });
  }
  for (const log of LOGS) {
    for await (const lines of reader.files.lines(log)) {
      for (const { value, torn, offset, bytes } of lines) {
        if (value === undefined && torn !== true) await tell(log, 'log', { offset, bytes });
      }
    }
  }
  return verdict;
}

/** Which lines the application has set aside. */
async function setAside(reader: FolderReader): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const lines of reader.files.lines('damaged.jsonl')) {
    for (const { value } of lines) {
      const line = value && damagedLineOf(value);
      if (line !== undefined) known.add(`${line.segment} ${line.offset}`);
    }
  }
  return known;
}
