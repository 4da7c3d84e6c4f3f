import { entriesAt } from '../files/log-file.js';
import { segmentItems } from '../files/segment-stream.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import type { ReadRecord } from '../format/record.js';
import { unlessAbsent } from '../files/absence.js';
import { JournalEvent } from '../reader/journal-event.js';
import { LaneEnds } from '../reader/lane-ends.js';
import type { JournalFolder } from '../store/journal-folder.js';
import type { Segment } from '../store/segment.js';
import type { CommandWork } from './command-work.js';
import type { LaneEnd } from '../query/event-filter.js';
import type { Execution } from './execution.js';

/** All events that are on disk in our folders at the beginning, in groups. Segments that are deleted in the meantime are skipped. */
export async function* journalRecords(work: CommandWork): AsyncGenerator<JournalEvent<JournalFolder>[]> {
  const { folders, acknowledger, letters } = work;
  const own = folders.own;
  const lastSeq = work.writer.lastSeq;
  const segments = folders.all.flatMap((folder) =>
    folder.segments.map((segment) => [folder, segment] as const),
  );
  await letters.write();
  for (const [folder, segment] of segments) {
    if (!isHeld(work, folder, segment)) continue;
    await acknowledger.write();
    // Before the events: one that is settled in the meantime counts as pending, and is not copied.
    const ends = await endsOf(work, segment);
    for await (const records of onDiskOf(work, segment)) {
      yield records
        .filter(({ seq }) => (folder !== own || seq <= lastSeq) && !segment.isSuperseded(seq))
        .map((onDisk) => {
          const record = folder.names.recordOf(onDisk);
          return new JournalEvent(record, laneEnds(work, segment, onDisk, ends), folder, segment.name);
        });
    }
  }
}

/** All records that are on disk in our folders, in groups, with a turn of the event loop after each. */
export async function* ownRecords(work: CommandWork, execution: Execution): AsyncGenerator<ReadRecord[]> {
  for (const segment of work.folders.all.flatMap(({ segments }) => segments)) {
    const { names } = segment.folder;
    for await (const records of onDiskOf(work, segment)) {
      yield records.filter(({ seq }) => !segment.isSuperseded(seq)).map((record) => names.recordOf(record));
      await execution.turn();
    }
  }
}

/** The records of a segment, with their lanes as the folder names them. */
async function* onDiskOf({ files }: CommandWork, segment: Segment): AsyncGenerator<ReadRecord[]> {
  const items = segmentItems(unlessAbsent(files.open(segment.path, 'read')), segment.readableBytes);
  for await (const group of items) yield group.flatMap((item) => (item.is === 'record' ? [item.record] : []));
}

function isHeld({ folders }: CommandWork, folder: JournalFolder, segment: Segment): boolean {
  return folders.all.includes(folder) && folder.segments.includes(segment);
}

async function endsOf({ files }: CommandWork, segment: Segment): Promise<LaneEnds> {
  const ends = new LaneEnds(segment.firstSeq);
  for await (const group of entriesAt(files, segment.acknowledgementsPath, acknowledgementOf)) {
    for (const end of group) ends.add(end);
  }
  return ends;
}

function laneEnds(
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
