import { fromCheckedLine } from '../format/checked-line.js';
import type { FolderFiles } from './folder-files.js';

/** A line of one of the journal's logs beside the segments. */
export interface LogLine {
  /** Where it stands in its file. */
  readonly offset: number;
  readonly bytes: number;
  /** What it says; absent where its checksum does not hold. */
  readonly value?: Record<string, unknown> | undefined;
  /** Has no end: its writer died in the middle of it, or still writes. */
  readonly torn?: boolean;
}

const CHUNK_BYTES = 262_144;
const LINE_FEED = 0x0a;

/** The lines of a log, in groups; none where there is no such file. Blank lines are passed over. */
export async function* logLines(files: FolderFiles, name: string): AsyncGenerator<LogLine[]> {
  const file = await files.open(name);
  if (file === undefined) return;
  try {
    let held: Buffer = Buffer.alloc(0);
    let offset = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = await file.read(chunk, offset + held.length);
      if (read === 0) break;
      held = Buffer.concat([held, chunk.subarray(0, read)]);
      const lines: LogLine[] = [];
      let start = 0;
      for (let end = held.indexOf(LINE_FEED); end !== -1; end = held.indexOf(LINE_FEED, start)) {
        const text = held.toString('utf8', start, end);
        if (text.trim() !== '') {
          lines.push({ offset: offset + start, bytes: end + 1 - start, value: fromCheckedLine(text) });
        }
        start = end + 1;
      }
      held = held.subarray(start);
      offset += start;
      if (lines.length > 0) yield lines;
    }
    if (held.length > 0) yield [{ offset, bytes: held.length, torn: true }];
  } finally {
    await file.close();
  }
}
