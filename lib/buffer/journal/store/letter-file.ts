import { join } from 'node:path';
import { fromEventJson } from '../../../event/event-json.js';
import type { DeadLetter } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { entriesAt, rewriteLines, type Rewritten } from '../files/log-file.js';
import type { LogLine } from '../files/log-lines.js';
import { fromCheckedLine } from '../format/checked-line.js';
import { deadLetterOf, letterKey, type DeadLetterLine } from '../format/dead-letter-line.js';
import type { LetterEnd, LetterEnds } from './history.js';
import type { KeptLetter } from './letter-index.js';
import type { SegmentFolder } from './segment.js';

export const DEAD_LETTERS_FILE = 'dead.jsonl';

/** Bytes that are written at once. */
const SLICE_BYTES = 1024 * 1024;
/** Ends of letters that are kept when a file is made short. */
const MAX_ENDS = 100_000;

export const letterPath = ({ path }: SegmentFolder): string => join(path, DEAD_LETTERS_FILE);

/** Appends lines, and is done once they are on the disk. @returns where the first of them is */
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
  // The letter is on the disk only once the file's name is.
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

/** Reads letters of one folder, in the order that is asked for. What cannot be read is passed over. */
export async function* readLetters(
  files: Files,
  folder: SegmentFolder,
  letters: readonly KeptLetter[],
): AsyncGenerator<{ readonly kept: KeptLetter; readonly letter: DeadLetter }> {
  const file = await files.open(letterPath(folder), 'read');
  try {
    for (const kept of letters) {
      const bytes = Buffer.allocUnsafe(kept.bytes);
      const read = await file.read(bytes, kept.offset!);
      const letter = letterOf(bytes.subarray(0, read), kept);
      if (letter !== undefined) yield { kept, letter };
    }
  } finally {
    await file.close();
  }
}

/** The letter of a line, if it is that. */
export function letterOf(bytes: Buffer, { lane, seq, folder }: KeptLetter): DeadLetter | undefined {
  const value = fromCheckedLine(bytes.toString());
  const line = value && deadLetterOf(value);
  if (line === undefined || 'gone' in line || line.seq !== seq) return undefined;
  if ((folder?.names.here(line.lane) ?? line.lane) !== lane) return undefined;
  const { reason, attempts, answer, note } = line;
  const event = fromEventJson(JSON.stringify(line.event), [lane]);
  return { event, lane, reason, attempts, note, ...(answer !== undefined && { answer }) };
}

/** What became of a folder's letters that are none any more. */
export async function letterEnds(files: Files, folder: SegmentFolder): Promise<LetterEnds> {
  const ends = new Map<string, LetterEnd>();
  for await (const lines of entriesAt(files, letterPath(folder), deadLetterOf)) {
    for (const line of lines) {
      if ('gone' in line) ends.set(letterKey(line.lane, line.seq), { as: line.as, reason: line.reason });
    }
  }
  return ends;
}

/** A letter as it is found in a file. */
export function foundLetter(
  folder: SegmentFolder,
  { offset, bytes, torn }: LogLine,
  { event, lane: onDisk, reason, at, seq }: DeadLetterLine,
): KeptLetter {
  const lane = folder.names.here(onDisk);
  const acceptedAt = Date.parse(event.acceptedAt);
  const line = undefined;
  const whole = torn === true ? bytes + 1 : bytes;
  // Whether other lanes had the event is not in its letter.
  const isAlone = false;
  return { lane, id: event.id, reason, at, acceptedAt, seq, bytes: whole, isAlone, folder, offset, line };
}

/**
 * Makes a file short: leaves out letters that are none any more, and their ends once nobody asks for them.
 *
 * @param isAsked whether the end of a letter may still be asked for
 */
export async function shortenLetters(
  files: Files,
  folder: SegmentFolder,
  isAsked: (seq: number, at: number) => boolean,
): Promise<Rewritten> {
  const ended = await letterEnds(files, folder);
  let tooMany = ended.size - MAX_ENDS;
  return await rewriteLines(files, letterPath(folder), ({ value, text }) => {
    const line = value && deadLetterOf(value);
    if (line === undefined) return undefined;
    const stays =
      'gone' in line
        ? isAsked(line.seq, line.at) && --tooMany < 0
        : !ended.has(letterKey(line.lane, line.seq));
    return stays ? text : undefined;
  });
}
