import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { ignoreDiskError, unlessAbsent } from './absence.js';
import { fromCheckedLine } from '../format/checked-line.js';
import type { Files, OpenFile } from './files.js';

/** A line of one of the journal's logs beside the segments. */
export interface LogLine {
  /** Its offset in the file, in bytes. */
  readonly offset: number;
  /** Length in bytes, with its line feed if it has one. */
  readonly bytes: number;
  /** Without its line feed; empty for a line that is too long. */
  readonly text: string;
  /** Its content; absent if the checksum is wrong. */
  readonly value?: Record<string, unknown> | undefined;
  /** Has no line feed: its writer died within it, or is writing it. */
  readonly torn?: boolean;
}

const CHUNK_BYTES = 262_144;
/** The journal writes no line of this length. A file without line feeds must not fill the memory. */
const MAX_LINE_BYTES = 268_435_456;
const LINE_FEED = 0x0a;

/**
 * The lines of an open log, in groups, so that memory does not depend on its size, and the event loop runs after each group. Blank
 * lines are skipped.
 */
export async function* logLines(file: OpenFile): AsyncGenerator<LogLine[]> {
  /** The beginning of an incomplete line. */
  let parts: Buffer[] = [];
  let held = 0;
  let offset = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const read = await file.read(chunk, offset + held);
    if (read === 0) break;
    const lines: LogLine[] = [];
    let start = 0;
    for (
      let end = chunk.indexOf(LINE_FEED);
      end !== -1 && end < read;
      end = chunk.indexOf(LINE_FEED, start)
    ) {
      const bytes = held + end + 1 - start;
      parts.push(chunk.subarray(start, end));
      const line = lineOf(parts, offset, bytes);
      if (line !== undefined) lines.push(line);
      offset += bytes;
      [parts, held, start] = [[], 0, end + 1];
    }
    held += read - start;
    parts = held > MAX_LINE_BYTES ? [] : [...parts, chunk.subarray(start, read)];
    if (lines.length > 0) yield lines;
  }
  const last = held === 0 ? undefined : lineOf(parts, offset, held);
  if (last !== undefined) yield [{ ...last, torn: true }];
}

function lineOf(parts: readonly Buffer[], offset: number, bytes: number): LogLine | undefined {
  if (bytes > MAX_LINE_BYTES) return { offset, bytes, text: '' };
  const text = (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString();
  return text.trim() === '' ? undefined : { offset, bytes, text, value: fromCheckedLine(text) };
}

/** Bytes that are written at once. */
const SLICE_BYTES = 262_144;

/** The lines of the log at a path, in groups; none if there is no such file. */
export async function* linesAt(files: Files, path: string): AsyncGenerator<LogLine[]> {
  const file = await unlessAbsent(files.open(path, 'read'));
  if (file === undefined) return;
  try {
    yield* logLines(file);
  } finally {
    await file.close();
  }
}

/**
 * The entries of the log at a path, in groups; none if there is no such file. Damaged lines are skipped.
 *
 * @param understand returns `undefined` for an object of another kind
 */
export async function* entriesAt<T>(
  files: Files,
  path: string,
  understand: (value: Record<string, unknown>) => T | undefined,
): AsyncGenerator<T[]> {
  for await (const lines of linesAt(files, path)) {
    yield lines.flatMap(({ value }) => (value && understand(value)) ?? []);
  }
}

/**
 * Replaces a file whole, slice by slice: written beside it, synced, renamed. Memory holds one slice, and other work runs between
 * two slices. Rejects if the disk fails; then the file is unchanged.
 *
 * @returns bytes of the new file
 */
export async function rewriteFile(
  files: Files,
  path: string,
  texts: AsyncIterable<string> | Iterable<string>,
): Promise<number> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  let at = 0;
  try {
    await (await files.open(beside, 'create')).close();
    // Not with `create`, whose writes pass the queue because commits wait for them. No commit waits here.
    const file = await files.open(beside, 'overwrite');
    try {
      let slice: string[] = [];
      let units = 0;
      const write = async (): Promise<void> => {
        const bytes = Buffer.from(slice.join(''));
        [slice, units] = [[], 0];
        await file.write(bytes, at);
        at += bytes.length;
      };
      for await (const text of texts) {
        slice.push(text);
        if ((units += text.length) >= SLICE_BYTES) await write();
      }
      if (units > 0) await write();
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(beside, path);
  } catch (error) {
    await files.remove(beside).catch(ignoreDiskError);
    throw error;
  }
  await files.syncFolder(dirname(path));
  return at;
}

export interface Rewritten {
  readonly bytes: number;
  /** New positions of the lines that stayed, by their old offset. */
  readonly moved: ReadonlyMap<number, { readonly offset: number; readonly bytes: number }>;
}

/** The new text of a line; `undefined` removes it. */
export type LineChange = (line: LogLine) => string | undefined;

/** Rewrites a log with changed lines. No other writer may use the log at the same time. */
export async function rewriteLines(files: Files, path: string, change: LineChange): Promise<Rewritten> {
  const moved = new Map<number, { readonly offset: number; readonly bytes: number }>();
  let offset = 0;
  const texts = async function* (): AsyncGenerator<string> {
    for await (const lines of linesAt(files, path)) {
      for (const line of lines) {
        const text = change(line);
        if (text === undefined) continue;
        const bytes = Buffer.byteLength(text) + 1;
        moved.set(line.offset, { offset, bytes });
        offset += bytes;
        yield `${text}\n`;
      }
    }
  };
  return { bytes: await rewriteFile(files, path, texts()), moved };
}

/** As {@link rewriteLines}, called twice for each line; `undefined` if no line changes, and then nothing is written. */
export async function changeLines(
  files: Files,
  path: string,
  change: LineChange,
): Promise<Rewritten | undefined> {
  for await (const lines of linesAt(files, path)) {
    if (lines.some((line) => change(line) !== line.text)) return await rewriteLines(files, path, change);
  }
  return undefined;
}
