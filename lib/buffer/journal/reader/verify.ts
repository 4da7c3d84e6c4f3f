import { SegmentEnd } from '../files/segment-end.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import { acknowledgementsFile, DEAD_LETTERS_FILE, HISTORY_FILE, segmentFile } from '../format/file-names.js';
import { OWNER_FILE } from '../ownership/owner-file.js';
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

const LOGS = [DEAD_LETTERS_FILE, HISTORY_FILE];

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
    const { offset, bytes, lines, text } = at;
    await found({ folder: name, file, offset, bytes, lines, what, text });
  };

  if (folder.ownerFile === 'damaged' || folder.ownerFile === 'missing') {
    await tell(OWNER_FILE, 'owner', { offset: 0, bytes: (await reader.files.bytes(OWNER_FILE)) ?? 0 });
  }
  const segments = await reader.segments();
  for (const [i, segment] of segments.entries()) {
    const file = segmentFile(segment.name);
    const bytes = await reader.files.bytes(file);
    if (bytes === undefined) continue;
    verdict.segments++;
    verdict.bytes += bytes;
    const end = new SegmentEnd(segment);
    const later = segments.slice(i + 1);
    for await (const items of reader.contents(segment, later)) {
      for (const item of items) {
        end.follow(item.is === 'torn' ? { ...item, is: 'missing' } : item);
        if (item.is === 'record') verdict.events++;
        else if (item.is === 'erased') verdict.erased++;
        else await tell(file, item.is === 'damaged' ? 'line' : item.is, item);
      }
    }
    let acknowledged = 0;
    // A last line without an end is still being written, or was when its writer died.
    for await (const lines of reader.files.lines(acknowledgementsFile(segment.name))) {
      for (const { value, torn, offset, bytes } of lines) {
        const acknowledgement = value && acknowledgementOf(value);
        for (const [, last] of acknowledgement?.seqs ?? []) acknowledged = Math.max(acknowledged, last);
        if (torn === true || acknowledgement !== undefined) continue;
        await tell(acknowledgementsFile(segment.name), 'log', { offset, bytes });
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
