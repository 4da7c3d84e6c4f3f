import { join } from 'node:path';
import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import { entrySize } from '../../entry-size.js';
import type { Files } from '../files/files.js';
import { entriesAt } from '../files/log-file.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import { segmentFile } from '../format/file-names.js';
import { Ranges } from '../format/ranges.js';
import { SegmentEnd } from '../format/segment-end.js';
import { compareSegments, parseSegmentName } from '../format/segment-name.js';
import type { SegmentName } from '../format/segment-name.js';
import { meaningOf } from '../ownership/content.js';
import { addTo, type LanePart } from './frame.js';
import type { JournalFolder } from './journal-folder.js';
import type { End } from './home.js';
import { KnownEnds } from './known-ends.js';
import { Segment } from './segment.js';
import { streamSegment } from './segment-stream.js';

/** What a recovery works with. */
export interface RecoverySetup {
  readonly files: Files;
  readonly onEnd: (segment: Segment) => void;
  /** How an event ended in a lane, by what the folder's dead letters say; undefined where they say nothing. */
  readonly letterEnd: (lane: string, seq: number) => End | undefined;
  /** Nobody needs the rest any more. */
  readonly isStopped: () => boolean;
  /** The id of a keyed event, and when it was accepted. */
  readonly onKey: (id: string, at: number) => void;
  readonly onDamaged: (segment: Segment, offset: number) => void;
  /** The last segment ends within a frame: its writer died there. `events` are those of the frame that are lost; 0: not known. */
  readonly onTorn: (segment: Segment, bytes: number, events: number) => void;
  /** A finished segment was cut, and lost so many events. */
  readonly onCut: (segment: Segment, events: number) => void;
  /** Whether a segment between these numbers may have been deleted in order. */
  readonly wasDeleted: (segment: Segment, after: number, before: number) => Promise<boolean>;
  /** A segment was read; `parts` are the lanes that are not done with it. */
  readonly onFound: (segment: Segment, parts: ReadonlyMap<string, LanePart>) => void;
  /** Names of files that we did not write. */
  readonly onUnknown: (names: readonly string[]) => void;
  /** A file that cannot be read at all. */
  readonly onUnreadable: (path: string, error: unknown) => void;
  /** Whether to read nothing, for now, where it is not known which events were written again. */
  readonly isPatient?: () => boolean;
}

/**
 * Reads what an earlier life left in a folder, segment by segment, oldest first, and tells what is still to be done. Segments
 * that the folder has already are passed over.
 */
export async function recover(folder: JournalFolder, setup: RecoverySetup): Promise<void> {
  const all = await setup.files.list(folder.path);
  const unknown = all.filter((name) => meaningOf(name) === 'unknown');
  if (unknown.length > 0) setup.onUnknown(unknown);
  const names = all
    .map(parseSegmentName)
    .filter((name) => name !== undefined)
    .sort(compareSegments);
  const again = await readAgain(folder, names, setup);
  if (again === undefined) return;
  // What became of an event before it was written again stands beside the older segment.
  const ends = new KnownEnds();
  for (const [index, { name, firstSeq, generation }] of names.entries()) {
    if (setup.isStopped()) {
      folder.isUnreadable = true;
      return;
    }
    const known = folder.segments.find((other) => other.name === name);
    if (known !== undefined) {
      if (again.size > 0) await readSettled(known, ends, setup.files);
      continue;
    }
    const segment = new Segment(folder, name, firstSeq, generation, setup.onEnd);
    segment.sealed = true;
    segment.again = again;
    try {
      // One after it without an I/O error between them: this one was finished in order.
      const next = names[index + 1];
      const until = next?.generation === generation ? next.firstSeq : undefined;
      const parts = await readSegment(segment, until, ends, setup);
      folder.segments.push(segment);
      folder.segments.sort(compareSegments);
      setup.onFound(segment, parts);
    } catch (error) {
      folder.isUnreadable = true;
      setup.onUnreadable(segment.path, error);
    }
  }
}

/** Sequence numbers that were written again, and the last generation that has them; `undefined`: not known, to be waited for. */
async function readAgain(
  folder: JournalFolder,
  names: readonly SegmentName[],
  { files, onUnreadable, isPatient }: RecoverySetup,
): Promise<ReadonlyMap<number, number> | undefined> {
  const again = new Map<number, number>();
  // The first generation is from before any error.
  for (const { name, generation } of names.filter((segment) => segment.generation > 0)) {
    const path = join(folder.path, segmentFile(name));
    try {
      const { bytes } = await files.facts(path);
      await streamSegment(files, path, bytes, {
        record: (record) => {
          if (record.again) again.set(record.seq, generation);
        },
      });
    } catch (error) {
      onUnreadable(path, error);
      if (isPatient?.() === true) return undefined;
    }
  }
  return again;
}

/** The end of a segment that is not the end of a frame. */
interface TornEnd {
  readonly offset: number;
  readonly bytes: number;
  readonly events: number;
}

async function readSegment(
  segment: Segment,
  until: number | undefined,
  ends: KnownEnds,
  setup: RecoverySetup,
): Promise<Map<string, LanePart>> {
  const { files } = setup;
  const facts = await files.facts(segment.path);
  const { names } = segment.folder;
  const settled = await readSettled(segment, ends, files);
  segment.settledBefore = new Map();
  const parts = new Map<string, LanePart>();
  let holdsAgain = false;
  const end = new SegmentEnd(segment.firstSeq);
  let torn: TornEnd | undefined;
  await streamSegment(files, segment.path, facts.bytes, {
    record: ({ seq, id, lanes: onDisk, json, entries, again }) => {
      const lanes = names.lanesOf(onDisk);
      end.read(seq);
      const at = acceptedAt(json);
      if (at > segment.lastEventAt) segment.lastEventAt = at;
      holdsAgain ||= again;
      if (segment.isSuperseded(seq)) return;
      if (isKeyed({ id })) setup.onKey(id, at);
      for (const lane of lanes) {
        const name = names.nameOf(onDisk, lane);
        if (settled.get(name)?.has(seq) === true) {
          segment.wasSettledBefore(lane, seq);
          continue;
        }
        const before = again ? ends.of(name, seq) : undefined;
        if (before !== undefined) {
          segment.settleBefore(lane, seq, before);
          continue;
        }
        // Of several that became one lane, the letter may be another one's.
        const letter = names.isMerged(onDisk, lane) ? undefined : setup.letterEnd(lane, seq);
        if (letter !== undefined) {
          // Its writer died before it could say so. The letter may be gone one day, and this is read again.
          segment.settleBefore(lane, seq, letter);
          continue;
        }
        addTo(parts, lane, json.length + entrySize(entries?.[name]));
      }
    },
    erased: (seq) => {
      end.read(seq);
    },
    missing: (lines) => end.unreadable(lines),
    damaged: (offset) => {
      end.unreadable(1);
      setup.onDamaged(segment, offset);
    },
    torn: (offset, bytes, events) => {
      torn = { offset, bytes, events };
    },
  });
  if (until === undefined) {
    if (torn !== undefined) setup.onTorn(segment, torn.bytes, torn.events);
  } else {
    // Nobody died there: it was whole once.
    const missing = end.missingBefore(until);
    const isCut = missing > 0 && !(await setup.wasDeleted(segment, end.lastSeq, until));
    if (isCut || torn !== undefined) setup.onCut(segment, isCut ? missing : 1);
  }
  segment.bytes = facts.bytes;
  segment.holdsAgain = holdsAgain;
  return parts;
}

/** What earlier lives settled in a segment, by lane as it is called in the folder. */
async function readSettled(segment: Segment, ends: KnownEnds, files: Files): Promise<Map<string, Ranges>> {
  const settled = new Map<string, Ranges>();
  for await (const acknowledgements of entriesAt(files, segment.acknowledgementsPath, acknowledgementOf)) {
    for (const acknowledgement of acknowledgements) {
      const { lane, seqs } = acknowledgement;
      if (segment.again?.size !== 0) ends.add(acknowledgement);
      let ranges = settled.get(lane);
      if (ranges === undefined) settled.set(lane, (ranges = new Ranges()));
      for (const [from, to] of seqs) ranges.addRange(from, to);
    }
  }
  return settled;
}
