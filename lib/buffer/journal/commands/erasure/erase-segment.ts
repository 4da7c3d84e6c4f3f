import { erasedLine } from '../../format/erased-line.js';
import { unlessAbsent } from '../../files/absence.js';
import type { Segment } from '../../store/segment.js';
import type { ReadRecord } from '../../format/record.js';
import type { CommandWork } from '../command-work.js';
import type { Execution } from '../execution.js';
import type { ErasedEvents } from './erased-events.js';
import { eraseOnDisk } from './erase-pending.js';
import type { Person } from '../../query/person.js';
import { bytesAt, searchSegment } from '../../query/search-segment.js';

const SPACE = 0x20;
const LINE_FEED = 0x0a;
/** Lines that are overwritten in one turn of the event loop. */
const LINES_PER_TURN = 100;

/** Bytes that name the person; without a number if no event can be read from them. */
interface Trace {
  readonly offset: number;
  readonly bytes: number;
  readonly seq?: number;
}

/** The lines of a segment that name a person. */
export interface PersonTraces {
  /** Events of the person, by whatever lane's ids. */
  readonly records: ReadonlyMap<number, ReadRecord>;
  readonly places: readonly Trace[];
}

/** Looks for a person in a segment. */
export async function findInSegment(
  { files }: CommandWork,
  execution: Execution,
  segment: Segment,
  person: Person,
): Promise<PersonTraces> {
  const records = new Map<number, ReadRecord>();
  const places: Trace[] = [];
  const file = await unlessAbsent(files.open(segment.path, 'read'));
  if (file === undefined) return { records, places };
  try {
    for await (const { ofPerson, unreadable } of searchSegment(file, person, segment.readableBytes)) {
      for (const record of ofPerson) records.set(record.seq, segment.folder.names.recordOf(record));
      places.push(...ofPerson.map(({ offset, bytes, seq }) => ({ offset, bytes, seq })));
      places.push(...unreadable.map(({ offset, bytes }) => ({ offset, bytes })));
      await execution.turn();
    }
  } finally {
    await file.close();
  }
  return { records, places };
}

/**
 * Overwrites the data of a person in a segment, in place, so that the positions of all other data stay valid. Its lanes must
 * be idle, with none of the person's events leased.
 */
export async function eraseSegment(
  work: CommandWork,
  execution: Execution,
  segment: Segment,
  { records, places }: PersonTraces,
  erased: ErasedEvents,
): Promise<void> {
  for (const record of records.values()) {
    eraseOnDisk(work, record, segment);
    erased.add(record.id, record.lanes);
  }
  if (places.length > 0) await overwrite(work, execution, segment, places);
}

async function overwrite(
  { files }: CommandWork,
  execution: Execution,
  { path }: Segment,
  traces: readonly Trace[],
): Promise<void> {
  const file = await unlessAbsent(files.open(path, 'overwrite'));
  if (file === undefined) return;
  try {
    for (const [index, trace] of traces.entries()) {
      const { offset, bytes, seq } = trace;
      const blank = seq === undefined ? await blankFor(files, path, trace) : erasedLine(seq, bytes);
      await file.write(blank, offset);
      if (index % LINES_PER_TURN === LINES_PER_TURN - 1) await execution.turn();
    }
  } finally {
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** An unreadable line stays unreadable, and has no text any more. */
async function blankFor(files: CommandWork['files'], path: string, place: Trace): Promise<Buffer> {
  const file = await files.open(path, 'read');
  try {
    const bytes = await bytesAt(file, place);
    return bytes.map((byte) => (byte === LINE_FEED ? LINE_FEED : SPACE)) as Buffer;
  } finally {
    await file.close();
  }
}
