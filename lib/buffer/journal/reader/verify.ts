import { SegmentEnd } from '../files/segment-end.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import { acknowledgementsFile, DEAD_LETTERS_FILE, HISTORY_FILE, segmentFile } from '../format/file-names.js';
import { OWNER_FILE } from '../ownership/owner-file.js';
import type { FolderReader } from './folder-reader.js';

/** A place in a journal that cannot be read as it was written. */
export interface Damage {
  /** `<group>/<origin>`; `<group>` alone for a file beside the folders; empty if `file` is the whole path. */
  readonly folder: string;
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  /** Of `missing` and `torn`: the number of lost lines, as far as it is known. */
  readonly lines?: number | undefined;
  /**
   * `line`: fails its checksum, or was not written by the journal. `missing`: lost events, known from the header of their frame
   * or from the first number of the next segment. `log`: a line of an acknowledgement, dead-letter or history log. `owner`:
   * `owner.json`. `torn`: the end of a file whose writer died in the middle of a line: a normal trace of a crash, and no damage.
   * `unknown`: a file that the journal did not write, such as a compressed or renamed segment: its events are not read.
   * `unreadable`: a folder or file that cannot be read.
   */
  readonly what: 'line' | 'missing' | 'log' | 'owner' | 'torn' | 'unknown' | 'unreadable';
  /** Of `unreadable`: the system's error code. */
  readonly code?: string | undefined;
  /** Its beginning. */
  readonly text?: string | undefined;
}

/** The amount of data in a folder that could be read. */
export interface FolderVerdict {
  segments: number;
  events: number;
  bytes: number;
  /** Erased lines. */
  erased: number;
}

const LOGS = [DEAD_LETTERS_FILE, HISTORY_FILE];

/** Reads every line of a folder, and reports each that cannot be read. */
export async function verifyFolder(
  reader: FolderReader,
  found: (damage: Damage) => Promise<void>,
): Promise<FolderVerdict> {
  const { folder } = reader;
  const name = `${folder.group}/${folder.origin}`;
  const verdict: FolderVerdict = { segments: 0, events: 0, bytes: 0, erased: 0 };
  const report = async (
    file: string,
    what: Damage['what'],
    at: Partial<Damage> & Pick<Damage, 'offset' | 'bytes'>,
  ): Promise<void> => {
    const { offset, bytes, lines, text } = at;
    await found({ folder: name, file, offset, bytes, lines, what, text });
  };

  if (folder.ownerFile === 'damaged' || folder.ownerFile === 'missing') {
    await report(OWNER_FILE, 'owner', { offset: 0, bytes: (await reader.files.bytes(OWNER_FILE)) ?? 0 });
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
        else await report(file, item.is === 'damaged' ? 'line' : item.is, item);
      }
    }
    let acknowledged = 0;
    // A last line without a line feed is still being written, or was when its writer died.
    for await (const lines of reader.files.lines(acknowledgementsFile(segment.name))) {
      for (const { value, torn, offset, bytes } of lines) {
        const acknowledgement = value && acknowledgementOf(value);
        for (const [, last] of acknowledgement?.seqs ?? []) acknowledged = Math.max(acknowledged, last);
        if (torn === true || acknowledgement !== undefined) continue;
        await report(acknowledgementsFile(segment.name), 'log', { offset, bytes });
      }
    }
    // Only the acknowledgements show how far the last segment went.
    const lost = later.length === 0 && reader.isEnd(later) ? end.missingBefore(acknowledged + 1) : 0;
    if (lost > 0) await report(file, 'missing', { offset: bytes, bytes: 0, lines: lost });
  }
  for (const file of await reader.files.unknown()) {
    await report(file, 'unknown', { offset: 0, bytes: (await reader.files.bytes(file)) ?? 0 });
  }
  for (const log of LOGS) {
    for await (const lines of reader.files.lines(log)) {
      for (const { value, torn, offset, bytes } of lines) {
        if (value === undefined && torn !== true) await report(log, 'log', { offset, bytes });
      }
    }
  }
  return verdict;
}
