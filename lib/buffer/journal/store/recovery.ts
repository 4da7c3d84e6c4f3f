import { join } from 'node:path';
import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import { entrySize } from '../../entries.js';
import type { Files } from '../files/files.js';
import { SegmentEnd } from '../files/segment-end.js';
import { segmentItems } from '../files/segment-stream.js';
import { compareSegments, parseSegmentName, segmentFile, type SegmentName } from '../format/file-names.js';
import type { ReadRecord } from '../format/record.js';
import { meaningOf } from '../ownership/content.js';
import { addTo, type LanePart } from './frame.js';
import { type JournalFolder, Segment } from './segment.js';
import { RecordOutcomes, writtenOutcomes } from './record-outcomes.js';
import type { JournalStore } from './journal-store.js';

/** The environment of a recovery. */
export interface RecoverySetup {
  readonly files: Files;
  /** The store of a process that delivers the events; absent if they are only counted. */
  readonly store?: JournalStore;
  /** Whether to leave the rest unread. */
  isStopped(): boolean;
  /** A segment was read. `parts` are its pending events, by lane. */
  onFound(segment: Segment, parts: ReadonlyMap<string, LanePart>): void;
  /** A file cannot be read. */
  onUnreadable?(path: string, error: unknown): void;
  /** Whether to read nothing for now if it is not known which events were written again. */
  isPatient?(): boolean;
}

/** Finds the pending events of earlier processes in a folder, segment by segment, oldest first. Skips segments that were read. */
export async function recover(folder: JournalFolder, setup: RecoverySetup): Promise<void> {
  const { files, store } = setup;
  const all = await files.list(folder.path);
  const unknown = all.filter((name) => meaningOf(name) === 'unknown');
  if (unknown.length > 0) folder.unknown = unknown;
  const names = all
    .map(parseSegmentName)
    .filter((name) => name !== undefined)
    .sort(compareSegments);
  const again = await readAgain(folder, names, setup);
  if (again === undefined) return;
  // The outcomes of an event before it was written again are those of the older segment.
  const earlier = new RecordOutcomes();
  for (const [index, name] of names.entries()) {
    if (setup.isStopped()) {
      folder.isUnreadable = true;
      return;
    }
    const known = folder.segments.find((other) => other.name === name.name);
    if (known !== undefined) {
      if (again.size > 0) earlier.addAll(await writtenOutcomes(files, known.acknowledgementsPath));
      continue;
    }
    const segment = new Segment(folder, name, (settled) => store?.acknowledger.mark(settled));
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
  earlier: RecordOutcomes,
  setup: RecoverySetup,
): Promise<Map<string, LanePart>> {
  const { files, store } = setup;
  const facts = await files.facts(segment.path);
  const settled = await writtenOutcomes(files, segment.acknowledgementsPath);
  if (segment.again?.size !== 0) earlier.addAll(settled);
  segment.settledBefore = new Map();
  const parts = new Map<string, LanePart>();
  const end = new SegmentEnd(segment);
  for await (const items of segmentItems(files.open(segment.path, 'read'), facts.bytes)) {
    for (const item of items) {
      end.follow(item);
      if (item.is === 'damaged') store?.damaged.add(segment, item.offset);
      if (item.is === 'record') readRecord(item.record, segment, { settled, earlier, parts, store });
    }
  }
  const lost = await end.lost(facts.bytes, {
    next,
    wasDeleted: async (after, before) =>
      (await store?.histories.mayHave(segment.folder, after, before)) ?? true,
  });
  if (lost?.is === 'torn') store?.damaged.logTorn(segment, lost.bytes, lost.lines);
  if (lost?.is === 'missing') store?.damaged.addCut(segment, Math.max(1, lost.lines));
  segment.bytes = facts.bytes;
  return parts;
}

interface Known {
  /** By the lane's name in the folder. */
  readonly settled: RecordOutcomes;
  /** The same of this and earlier segments, for events that were written again. */
  readonly earlier: RecordOutcomes;
  readonly parts: Map<string, LanePart>;
  readonly store: JournalStore | undefined;
}

function readRecord(
  { seq, id, lanes: onDisk, json, entries, again }: ReadRecord,
  segment: Segment,
  { settled, earlier, parts, store }: Known,
): void {
  const { folder } = segment;
  const { names } = folder;
  const at = acceptedAt(json);
  segment.lastEventAt = Math.max(segment.lastEventAt, at);
  segment.holdsAgain ||= again;
  if (segment.isSuperseded(seq)) return;
  if (isKeyed({ id })) store?.setup.onKey(id, at);
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
      (hasLetter ? store?.letters.outcomeOf(folder, lane, seq) : undefined);
    if (before === undefined) addTo(parts, lane, json.length + entrySize(entries?.[name]));
    else segment.settleBefore(lane, seq, before);
  }
}
