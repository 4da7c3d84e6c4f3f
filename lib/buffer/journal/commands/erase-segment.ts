import { unlessAbsent } from '../files/absence.js';
import { erasedLine } from '../format/hash-line.js';
import type { ReadRecord } from '../format/record.js';
import { bytesAt, searchSegment } from '../query/search-segment.js';
import type { PersonToErase } from '../query/person-to-erase.js';
import type { Segment } from '../store/segment.js';
import type { Execution } from './execution.js';

const SPACE = 0x20;
const LINE_FEED = 0x0a;
/** Lines that are overwritten in one turn of the event loop. */
const LINES_PER_TURN = 100;

/** Bytes that name the person; without a number if no event can be read from them. */
interface Place {
  readonly offset: number;
  readonly bytes: number;
  readonly seq?: number;
}

/** The lines of a segment that name a person. */
export interface PersonTraces {
  /** Events of the person, by whatever lane's ids. */
  readonly records: ReadonlyMap<number, ReadRecord>;
  readonly places: readonly Place[];
}

/** Looks for a person in a segment. */
export async function findInSegment(
  execution: Execution,
  segment: Segment,
  person: PersonToErase,
): Promise<PersonTraces> {
  const records = new Map<number, ReadRecord>();
  const places: Place[] = [];
  const file = await unlessAbsent(execution.work.files.open(segment.path, 'read'));
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
export async function overwrite(
  execution: Execution,
  { path }: Segment,
  places: readonly Place[],
): Promise<void> {
  const file = await unlessAbsent(execution.work.files.open(path, 'overwrite'));
  if (file === undefined) return;
  try {
    for (const [index, place] of places.entries()) {
      const { offset, bytes, seq } = place;
      const blank = seq === undefined ? blanked(await bytesAt(file, place)) : erasedLine(seq, bytes);
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
function blanked(line: Buffer): Buffer {
  return line.map((byte) => (byte === LINE_FEED ? LINE_FEED : SPACE)) as Buffer;
}
