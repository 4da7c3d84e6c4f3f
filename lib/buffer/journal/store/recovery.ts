import { join } from 'node:path';
import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import { entrySize } from '../../entries.js';
import type { Files } from '../files/files.js';
import { entriesAt } from '../files/log-file.js';
import { SegmentEnd } from '../files/segment-end.js';
import { segmentItems } from '../files/segment-stream.js';
import { type Acknowledgement, acknowledgementOf } from '../format/acknowledgement.js';
import { segmentFile } from '../format/file-names.js';
import type { ReadRecord } from '../format/record.js';
import { compareSegments, parseSegmentName, type SegmentName } from '../format/segment-name.js';
import { meaningOf } from '../ownership/content.js';
import { addTo, type LanePart } from './frame.js';
import type { JournalFolder } from './journal-folder.js';
import { Outcomes, type Outcome } from './outcomes.js';
import { Segment } from './segment.js';

/** What a recovery works with. */
export interface RecoverySetup {
  readonly files: Files;
  readonly onEnd: (segment: Segment) => void;
  /** How an event ended in a lane, by what the folder's dead letters say; undefined where they say nothing. */
  readonly letterEnd: (lane: string, seq: number) => Outcome | undefined;
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
  const earlier = new Outcomes();
  for (const [index, { name, firstSeq, generation }] of names.entries()) {
    if (setup.isStopped()) {
      folder.isUnreadable = true;
      return;
    }
    const known = folder.segments.find((other) => other.name === name);
    if (known !== undefined) {
      if (again.size > 0) earlier.addAll(await acknowledgementsOf(known, setup.files));
      continue;
    }
    const segment = new Segment(folder, name, firstSeq, generation, setup.onEnd);
    segment.sealed = true;
    segment.again = again;
    try {
      const parts = await readSegment(segment, names[index + 1], earlier, setup);
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
      for await (const items of segmentItems(files.open(path, 'read'))) {
        for (const item of items) {
          if (item.is === 'record' && item.record.again) again.set(item.record.seq, generation);
        }
      }
    } catch (error) {
      onUnreadable(path, error);
      if (isPatient?.() === true) return undefined;
    }
  }
  return again;
}

async function readSegment(
  segment: Segment,
  next: SegmentName | undefined,
  earlier: Outcomes,
  setup: RecoverySetup,
): Promise<Map<string, LanePart>> {
  const { files } = setup;
  const facts = await files.facts(segment.path);
  const settled = new Outcomes();
  const acknowledgements = await acknowledgementsOf(segment, files);
  settled.addAll(acknowledgements);
  if (segment.again?.size !== 0) earlier.addAll(acknowledgements);
  segment.settledBefore = new Map();
  const parts = new Map<string, LanePart>();
  const end = new SegmentEnd(segment);
  for await (const items of segmentItems(files.open(segment.path, 'read'), facts.bytes)) {
    for (const item of items) {
      end.follow(item);
      if (item.is === 'damaged') setup.onDamaged(segment, item.offset);
      if (item.is === 'record') readRecord(item.record, segment, { settled, earlier, parts, setup });
    }
  }
  const lost = await end.lost(facts.bytes, {
    next,
    wasDeleted: (after, before) => setup.wasDeleted(segment, after, before),
  });
  if (lost?.is === 'torn') setup.onTorn(segment, lost.bytes, lost.lines);
  if (lost?.is === 'missing') setup.onCut(segment, Math.max(1, lost.lines));
  segment.bytes = facts.bytes;
  return parts;
}

interface Known {
  /** By lane as it is called in the folder. */
  readonly settled: Outcomes;
  /** Of events that were written again, also beside earlier segments. */
  readonly earlier: Outcomes;
  readonly parts: Map<string, LanePart>;
  readonly setup: RecoverySetup;
}

function readRecord(
  { seq, id, lanes: onDisk, json, entries, again }: ReadRecord,
  segment: Segment,
  { settled, earlier, parts, setup }: Known,
): void {
  const { names } = segment.folder;
  const at = acceptedAt(json);
  segment.lastEventAt = Math.max(segment.lastEventAt, at);
  segment.holdsAgain ||= again;
  if (segment.isSuperseded(seq)) return;
  if (isKeyed({ id })) setup.onKey(id, at);
  for (const lane of names.lanesOf(onDisk)) {
    const name = names.nameOf(onDisk, lane);
    if (settled.of(name, seq) !== undefined) {
      segment.wasSettledBefore(lane, seq);
      continue;
    }
    // Its writer may have died before it wrote the outcome. Of lanes that became one, the letter may be another one's.
    const hasLetter = !names.isMerged(onDisk, lane);
    const before =
      (again ? earlier.of(name, seq) : undefined) ?? (hasLetter ? setup.letterEnd(lane, seq) : undefined);
    if (before === undefined) addTo(parts, lane, json.length + entrySize(entries?.[name]));
    else segment.settleBefore(lane, seq, before);
  }
}

/** What earlier lives settled in a segment, by lane as it is called in the folder. */
async function acknowledgementsOf(segment: Segment, files: Files): Promise<Acknowledgement[]> {
  const found: Acknowledgement[] = [];
  const groups = entriesAt(files, segment.acknowledgementsPath, acknowledgementOf);
  for await (const acknowledgements of groups) found.push(...acknowledgements);
  return found;
}
