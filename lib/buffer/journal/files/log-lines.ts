import { fromCheckedLine } from '../format/checked-line.js';
import type { OpenFile } from './files.js';

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
