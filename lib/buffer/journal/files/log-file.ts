import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { unlessAbsent } from './absence.js';
import type { Files } from './files.js';
import { logLines, type LogLine } from './log-lines.js';

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
 * Replaces a file whole, slice by slice: written beside it, synced, renamed. Memory holds one slice, and other work has a
 * turn after each. Rejects where the disk fails; the file is as it was then.
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
    // Writes to a file that is open for `create` are not queued, because events wait for them. None wait here.
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
    await files.remove(beside).catch(() => undefined);
    throw error;
  }
  await files.syncFolder(dirname(path));
  return at;
}

/** A log after it was written anew. */
export interface Rewritten {
  readonly bytes: number;
  /** Where the lines that stayed are now, by where they were. */
  readonly moved: ReadonlyMap<number, { readonly offset: number; readonly bytes: number }>;
}

/** The new text of a line; `undefined` removes it. */
export type LineChange = (line: LogLine) => string | undefined;

/** Rewrites a log with changed lines. The log must not be written to meanwhile. */
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

/** As {@link rewriteLines}, asked twice for each line; `undefined` where all of them stay, and nothing was written. */
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
