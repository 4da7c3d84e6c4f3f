import { join } from 'node:path';
import { fromEventJson } from '../../../event/event-json.js';
import type { Log } from '../../../host/log.js';
import type { DeadLetter } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { entriesAt, linesAt, rewriteLines, type LogLine, type Rewritten } from '../files/log-file.js';
import { fromCheckedLine } from '../format/checked-line.js';
import {
  deadLetterOf,
  letterKey,
  withEnd,
  type DeadLetterLine,
  type LetterEnd,
} from '../format/dead-letter-line.js';
import { DEAD_LETTERS_FILE } from '../format/file-names.js';
import { unlessDiskFails } from './environment.js';
import type { FinalOutcome } from './record-outcomes.js';
import type { IndexedLetter } from './letter-index.js';
import type { SegmentFolder } from './segment.js';

/** Bytes that are written at once. */
const SLICE_BYTES = 1024 * 1024;
/** Final outcomes that are kept when a file is shortened. */
const MAX_ENDS = 100_000;

/** The final outcomes of dead letters that a folder does not keep any more, by {@link letterKey}. */
export type LetterEnds = ReadonlyMap<string, LetterEnd>;

/** A letter with its event. */
export interface ReadLetter {
  readonly kept: IndexedLetter;
  readonly letter: DeadLetter;
}

export const letterPath = ({ path }: SegmentFolder): string => join(path, DEAD_LETTERS_FILE);

/** Appends lines and syncs them. @returns the offset of the first one */
export async function appendLetters(
  files: Files,
  folder: SegmentFolder,
  lines: readonly Buffer[],
): Promise<number> {
  const path = letterPath(folder);
  const file = await files.open(path, 'append');
  let begin: number;
  try {
    ({ bytes: begin } = await files.facts(path));
    // The last write may have ended in the middle of a line.
    for (const slice of slicesOf([Buffer.from('\n'), ...lines])) await file.write(slice, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  // The name of a new file must be on disk, too.
  await files.syncFolder(folder.path);
  return begin + 1;
}

function* slicesOf(lines: readonly Buffer[]): Generator<Buffer> {
  let slice: Buffer[] = [];
  let bytes = 0;
  for (const line of lines) {
    slice.push(line);
    if ((bytes += line.length) < SLICE_BYTES) continue;
    yield Buffer.concat(slice);
    [slice, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(slice);
}

/** Reads letters, from memory or from the files of their folders. Skips letters that cannot be read. */
export async function readKept(
  files: Files,
  log: Log,
  letters: readonly IndexedLetter[],
): Promise<ReadLetter[]> {
  const read: ReadLetter[] = [];
  const onDisk = new Map<SegmentFolder, IndexedLetter[]>();
  for (const kept of letters) {
    const { line, folder } = kept;
    const letter = line && letterOf(line, kept);
    if (letter !== undefined) read.push({ kept, letter });
    else if (folder !== undefined) onDisk.set(folder, [...(onDisk.get(folder) ?? []), kept]);
  }
  for (const [folder, ofFolder] of onDisk) {
    // If the disk fails, the letters stay and can be read later.
    await unlessDiskFails(log, 'reading dead letters', () => readLetters(files, folder, ofFolder, read));
  }
  return read;
}

async function readLetters(
  files: Files,
  folder: SegmentFolder,
  letters: readonly IndexedLetter[],
  into: ReadLetter[],
): Promise<void> {
  const file = await files.open(letterPath(folder), 'read');
  try {
    for (const kept of letters) {
      const bytes = Buffer.allocUnsafe(kept.bytes);
      const read = await file.read(bytes, kept.offset!);
      const letter = letterOf(bytes.subarray(0, read), kept);
      if (letter !== undefined) into.push({ kept, letter });
    }
  } finally {
    await file.close();
  }
}

/** The letter of a line; undefined if the line does not have it. */
export function letterOf(bytes: Buffer, { lane, seq, folder }: IndexedLetter): DeadLetter | undefined {
  const value = fromCheckedLine(bytes.toString());
  const line = value && deadLetterOf(value);
  if (line === undefined || 'gone' in line || line.seq !== seq) return undefined;
  if ((folder?.names.here(line.lane) ?? line.lane) !== lane) return undefined;
  const { reason, attempts, answer, entry } = line;
  const event = fromEventJson(JSON.stringify(line.event), [lane]);
  return { event, lane, reason, attempts, entry, ...(answer !== undefined && { answer }) };
}

/** The final outcomes of letters in a folder that are no longer dead letters. */
export async function letterEnds(files: Files, folder: SegmentFolder): Promise<LetterEnds> {
  const ends = new Map<string, LetterEnd>();
  for await (const lines of entriesAt(files, letterPath(folder), deadLetterOf)) {
    for (const line of lines) {
      if ('gone' in line) ends.set(letterKey(line.lane, line.seq), { as: line.as, reason: line.reason });
    }
  }
  return ends;
}

/** The letters of a folder's file, and by {@link letterKey} the outcomes of records whose letters are not kept any more. */
export async function findLetters(
  files: Files,
  folder: SegmentFolder,
): Promise<{
  readonly letters: readonly IndexedLetter[];
  readonly outcomes: ReadonlyMap<string, FinalOutcome>;
}> {
  const letters = new Map<string, IndexedLetter>();
  const outcomes = new Map<string, FinalOutcome>();
  for await (const lines of linesAt(files, letterPath(folder))) {
    for (const found of lines) {
      const line = found.value && deadLetterOf(found.value);
      if (line === undefined) continue;
      const key = letterKey(folder.names.here(line.lane), line.seq);
      if (!('gone' in line)) letters.set(key, foundLetter(folder, found, line));
      else {
        const { reason } = letters.get(key) ?? line;
        letters.delete(key);
        // The record of a redriven letter stays dead: its copy is another record.
        outcomes.set(
          key,
          line.as === 'redriven' ? { state: 'dead', reason } : withEnd({ state: 'dead', reason }, line),
        );
      }
    }
  }
  return { letters: [...letters.values()], outcomes };
}

/** The index entry of a letter in a file. */
function foundLetter(
  folder: SegmentFolder,
  { offset, bytes, torn }: LogLine,
  { event, lane, reason, at, seq }: DeadLetterLine,
): IndexedLetter {
  return {
    lane: folder.names.here(lane),
    id: event.id,
    reason,
    at,
    acceptedAt: Date.parse(event.acceptedAt),
    seq,
    bytes: torn === true ? bytes + 1 : bytes,
    // A letter does not have the other lanes of its event.
    isAlone: false,
    folder,
    offset,
    line: undefined,
  };
}

/**
 * Shortens a file: removes letters that are not kept any more, and final outcomes that are not needed any more.
 *
 * @param mayBeNeeded whether the final outcome of a letter may still be needed
 * @param beforeIt gets all final outcomes before some are removed
 */
export async function shortenLetters(
  files: Files,
  folder: SegmentFolder,
  mayBeNeeded: (seq: number, at: number) => boolean,
  beforeIt: (ended: LetterEnds) => Promise<void>,
): Promise<Rewritten> {
  const ended = await letterEnds(files, folder);
  await beforeIt(ended);
  let tooMany = ended.size - MAX_ENDS;
  return await rewriteLines(files, letterPath(folder), ({ value, text }) => {
    const line = value && deadLetterOf(value);
    if (line === undefined) return undefined;
    const stays =
      'gone' in line
        ? mayBeNeeded(line.seq, line.at) && --tooMany < 0
        : !ended.has(letterKey(line.lane, line.seq));
    return stays ? text : undefined;
  });
}
