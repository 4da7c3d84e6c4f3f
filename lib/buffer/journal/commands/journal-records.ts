import type { BrowserIdsByDestination } from '../../../event/browser-ids.js';
import { acceptedAt, type EventJson } from '../../../event/event-json.js';
import { entriesAt } from '../files/log-file.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import { browserIdsIn, type LaneEntries, type ReadRecord } from '../format/record.js';
import { unlessAbsent } from '../ownership/absence.js';
import { LaneEnds } from '../reader/lane-ends.js';
import { SegmentStream } from '../reader/segment-stream.js';
import type { JournalFolder } from '../store/journal-folder.js';
import type { Segment } from '../store/segment.js';
import type { CommandWork } from './command-work.js';
import type { LaneEnd } from './event-filter.js';
import type { Replayable } from './replay-lanes.js';

/** A record, and where its event is for each destination, as far as this journal knows: better than its files alone tell. */
export class KnownRecord implements Replayable {
  #event: EventJson | undefined;
  #acceptedAt: number | undefined;

  constructor(
    readonly record: ReadRecord,
    readonly ends: readonly LaneEnd[],
  ) {}

  get id(): string {
    return this.record.id;
  }

  get replay(): string | undefined {
    return this.record.replay;
  }

  get json(): string {
    return this.record.json;
  }

  get entries(): LaneEntries | undefined {
    return this.record.entries;
  }

  get browserIds(): BrowserIdsByDestination | undefined {
    return browserIdsIn(this.record.entries);
  }

  get event(): EventJson {
    return (this.#event ??= JSON.parse(this.record.json) as EventJson);
  }

  get acceptedAt(): number {
    return (this.#acceptedAt ??= acceptedAt(this.record.json));
  }
}

/** All events that are on disk in folders of ours when it begins, in groups. What is deleted meanwhile is passed over. */
export async function* journalRecords(work: CommandWork): AsyncGenerator<KnownRecord[]> {
  const { folders, acknowledger, letters } = work;
  const own = folders.own;
  const lastSeq = work.lastSeq();
  const segments = folders.all.flatMap((folder) =>
    folder.segments.map((segment) => [folder, segment] as const),
  );
  await letters.write();
  for (const [folder, segment] of segments) {
    if (!isHeld(work, folder, segment)) continue;
    await acknowledger.write();
    // Before the events: one that ends meanwhile counts as pending, and is left alone.
    const ends = await endsOf(work, segment);
    for await (const records of onDiskOf(work, segment)) {
      yield records
        .filter(({ seq }) => (folder !== own || seq <= lastSeq) && !segment.isSuperseded(seq))
        .map(
          (onDisk) => new KnownRecord(folder.names.recordOf(onDisk), laneEnds(work, segment, onDisk, ends)),
        );
    }
  }
}

/** The records of a segment that are known to be on disk. */
export async function* recordsOf(work: CommandWork, segment: Segment): AsyncGenerator<ReadRecord[]> {
  const { names } = segment.folder;
  for await (const records of onDiskOf(work, segment)) yield records.map((record) => names.recordOf(record));
}

/** The same with their lanes as they are called in the folder. */
async function* onDiskOf({ files }: CommandWork, segment: Segment): AsyncGenerator<ReadRecord[]> {
  const file = await unlessAbsent(files.open(segment.path, 'read'));
  if (file === undefined) return;
  try {
    for await (const items of new SegmentStream(file).items(segment.sealed)) {
      // Behind its bytes is what is being written, and may yet be written elsewhere.
      const limit = segment.sealed ? Infinity : segment.bytes;
      yield items.flatMap((item) =>
        item.is === 'record' && item.record.offset < limit ? [item.record] : [],
      );
    }
  } finally {
    await file.close();
  }
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
