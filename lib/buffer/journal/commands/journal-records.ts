import { unlessAbsent } from '../files/absence.js';
import { entriesAt } from '../files/log-file.js';
import { segmentItems } from '../files/segment-stream.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import { commandIn, type ReadRecord } from '../format/record.js';
import type { LaneEnd } from '../query/event-filter.js';
import { JournalEvent } from '../reader/journal-event.js';
import { LaneEnds } from '../reader/lane-ends.js';
import type { JournalFolder, Segment } from '../store/segment.js';
import type { CommandWork, Execution } from './execution.js';

/**
 * All events that are on disk in our folders at the beginning, in groups, with a turn of the event loop after each. Segments that are
 * deleted in the meantime are skipped.
 */
export async function* journalRecords(execution: Execution): AsyncGenerator<JournalEvent<JournalFolder>[]> {
  const { files, folders, acknowledger, letters, writer } = execution.work;
  const { own } = folders;
  const { lastSeq } = writer;
  const segments = folders.all.flatMap((folder) => folder.segments);
  await letters.write();
  for (const segment of segments) {
    const { folder } = segment;
    if (!folders.all.includes(folder) || !folder.segments.includes(segment)) continue;
    await acknowledger.write();
    // Before the events: one that is settled in the meantime counts as pending, and is not copied.
    const ends = new LaneEnds(segment.firstSeq);
    for await (const group of entriesAt(files, segment.acknowledgementsPath, acknowledgementOf)) {
      for (const end of group) ends.add(end);
    }
    for await (const records of recordsOf(execution, segment)) {
      yield records
        .filter(({ seq }) => folder !== own || seq <= lastSeq)
        .map((onDisk) => {
          const laneEnds = endsOf(execution.work, segment, onDisk, ends);
          return new JournalEvent(folder.names.recordOf(onDisk), laneEnds, folder, segment.name);
        });
      await execution.turn();
    }
  }
}

/** The records of a segment, in groups, with their lanes as the folder names them. */
async function* recordsOf({ work }: Execution, segment: Segment): AsyncGenerator<ReadRecord[]> {
  const opening = unlessAbsent(work.files.open(segment.path, 'read'));
  for await (const items of segmentItems(opening, segment.readableBytes)) {
    const records = items.flatMap((item) => (item.is === 'record' ? [item.record] : []));
    yield records.filter(({ seq }) => !segment.isSuperseded(seq));
  }
}

function endsOf(
  { letters }: CommandWork,
  { folder }: Segment,
  { seq, lanes }: ReadRecord,
  ends: LaneEnds,
): LaneEnd[] {
  return ends.named(seq, lanes, folder.names).map((end): LaneEnd => {
    const { lane } = end;
    if (end.state !== 'dead' && end.state !== 'pending') return end;
    // A letter is written first, so its acknowledgement may be missing.
    if (letters.at(folder, lane, seq) !== undefined) return { ...end, state: 'dead' };
    return end.state === 'dead' ? { ...end, state: 'redriven' } : end;
  });
}

/** Records that an earlier attempt of a command may have made. */
export class EarlierRecords {
  /** By lane and id: an event may have several records. */
  readonly #records = new Map<string, number>();

  add(lane: string, id: string): void {
    const key = `${lane} ${id}`;
    this.#records.set(key, (this.#records.get(key) ?? 0) + 1);
  }

  has(lane: string, id: string): boolean {
    return this.#records.has(`${lane} ${id}`);
  }

  /** Whether there is a record that was not taken yet. */
  take(lane: string, id: string): boolean {
    const key = `${lane} ${id}`;
    const left = this.#records.get(key) ?? 0;
    this.#records.set(key, left - 1);
    return left > 0;
  }
}

/**
 * Finds the records of an earlier attempt. Searches only if there may have been one, because it must read the whole journal.
 *
 * @param lanesOf the lanes that a record counts for
 */
export async function earlierRecords(
  execution: Execution,
  lanesOf: (record: ReadRecord) => readonly string[],
): Promise<EarlierRecords> {
  const earlier = new EarlierRecords();
  if (!execution.again) return earlier;
  // Without their outcomes, so that outcomes that cannot be read do not stop the command.
  for (const segment of execution.work.folders.all.flatMap(({ segments }) => segments)) {
    const { names } = segment.folder;
    for await (const records of recordsOf(execution, segment)) {
      for (const record of records) {
        for (const lane of lanesOf(names.recordOf(record))) earlier.add(lane, record.id);
      }
      await execution.turn();
    }
  }
  return earlier;
}

/** Finds the copies that an earlier attempt made. */
export async function earlierCopies(execution: Execution): Promise<EarlierRecords> {
  const isCopy = ({ replay }: ReadRecord): boolean =>
    replay !== undefined && commandIn(replay) === execution.id;
  return await earlierRecords(execution, (record) => (isCopy(record) ? record.lanes : []));
}
