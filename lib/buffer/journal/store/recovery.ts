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

/** The environment of a recovery. Only a process that delivers the events needs the optional reports. */
export interface RecoverySetup {
  readonly files: Files;
  /** Whether to leave the rest unread. */
  isStopped(): boolean;
  /** A segment was read. `parts` are its pending events, by lane. */
  onFound(segment: Segment, parts: ReadonlyMap<string, LanePart>): void;
  /** See `Segment`. */
  onSettled?(segment: Segment): void;
  /** The outcome of an event in a lane, by the dead letters of the folder. */
  letterOutcome?(lane: string, seq: number): Outcome | undefined;
  /** The id of a keyed event, and the time of its acceptance. */
  onKey?(id: string, at: number): void;
  onDamaged?(segment: Segment, offset: number): void;
  /** The last segment ends within a frame, in which its process crashed, and which lost so many events; 0 if not known. */
  onTorn?(segment: Segment, bytes: number, events: number): void;
  /** A finished segment was truncated, and lost so many events. */
  onCut?(segment: Segment, events: number): void;
  /** Whether the journal may have deleted a segment between these numbers. */
  wasDeleted?(segment: Segment, after: number, before: number): Promise<boolean>;
  /** Names of files that the journal did not write. */
  onUnknown?(names: readonly string[]): void;
  /** A file cannot be read. */
  onUnreadable?(path: string, error: unknown): void;
  /** Whether to read nothing for now if it is not known which events were written again. */
  isPatient?(): boolean;
}

/** Finds the pending events of earlier processes in a folder, segment by segment, oldest first. Skips segments that were read. */
export async function recover(folder: JournalFolder, setup: RecoverySetup): Promise<void> {
  const all = await setup.files.list(folder.path);
  const unknown = all.filter((name) => meaningOf(name) === 'unknown');
  if (unknown.length > 0) setup.onUnknown?.(unknown);
  const names = all
    .map(parseSegmentName)
    .filter((name) => name !== undefined)
    .sort(compareSegments);
  const again = await readAgain(folder, names, setup);
  if (again === undefined) return;
  // The outcomes of an event before it was written again are those of the older segment.
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
    const segment = new Segment(folder, name, firstSeq, generation, (settled) => setup.onSettled?.(settled));
    segment.sealed = true;
    segment.again = again;
    try {
      const parts = await readSegment(segment, names[index + 1], earlier, setup);
      folder.segments.push(segment);
      folder.segments.sort(compareSegments);
      setup.onFound(segment, parts);
    } catch (error) {
      folder.isUnreadable = true;
      setup.onUnreadable?.(segment.path, error);
    }
  }
}

/** Sequence numbers that were written again, with their last generation; `undefined` if that is not known yet. */
async function readAgain(
  folder: JournalFolder,
  names: readonly SegmentName[],
  setup: RecoverySetup,
): Promise<ReadonlyMap<number, number> | undefined> {
  const again = new Map<number, number>();
  // Segments of the first generation were written before any error.
  for (const { name, generation } of names.filter((segment) => segment.generation > 0)) {
    const path = join(folder.path, segmentFile(name));
    try {
      for await (const items of segmentItems(setup.files.open(path, 'read'))) {
        for (const item of items) {
          if (item.is === 'record' && item.record.again) again.set(item.record.seq, generation);
        }
      }
    } catch (error) {
      setup.onUnreadable?.(path, error);
      if (setup.isPatient?.() === true) return undefined;
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
      if (item.is === 'damaged') setup.onDamaged?.(segment, item.offset);
      if (item.is === 'record') readRecord(item.record, segment, { settled, earlier, parts, setup });
    }
  }
  const lost = await end.lost(facts.bytes, {
    next,
    wasDeleted: async (after, before) => (await setup.wasDeleted?.(segment, after, before)) ?? true,
  });
  if (lost?.is === 'torn') setup.onTorn?.(segment, lost.bytes, lost.lines);
  if (lost?.is === 'missing') setup.onCut?.(segment, Math.max(1, lost.lines));
  segment.bytes = facts.bytes;
  return parts;
}

interface Known {
  /** By the lane's name in the folder. */
  readonly settled: Outcomes;
  /** The same of this and earlier segments, for events that were written again. */
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
  if (isKeyed({ id })) setup.onKey?.(id, at);
  for (const lane of names.lanesOf(onDisk)) {
    const name = names.nameOf(onDisk, lane);
    if (settled.of(name, seq) !== undefined) {
      segment.wasSettledBefore(lane, seq);
      continue;
    }
    // Its process may have crashed before it wrote the outcome. If lanes were merged, the letter may be that of another lane.
    const hasLetter = !names.isMerged(onDisk, lane);
    const before =
      (again ? earlier.of(name, seq) : undefined) ??
      (hasLetter ? setup.letterOutcome?.(lane, seq) : undefined);
    if (before === undefined) addTo(parts, lane, json.length + entrySize(entries?.[name]));
    else segment.settleBefore(lane, seq, before);
  }
}

/** The outcomes of a segment that earlier processes wrote, by the lane's name in the folder. */
async function acknowledgementsOf(segment: Segment, files: Files): Promise<Acknowledgement[]> {
  const found: Acknowledgement[] = [];
  const groups = entriesAt(files, segment.acknowledgementsPath, acknowledgementOf);
  for await (const acknowledgements of groups) found.push(...acknowledgements);
  return found;
}
