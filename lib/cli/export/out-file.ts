import { randomUUID } from 'node:crypto';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { cliMessages } from '../cli.messages.js';

const FILE_MODE = 0o600;

/** The output file of an export. Events are personal data, so only its owner may read it. */
export interface OutFile {
  write(text: string): Promise<void>;
  close(): Promise<void>;
  /** After a failure: removes the new file. A file that was to be replaced stays unchanged. */
  discard(): Promise<void>;
}

/**
 * Opens a new file. To replace a file, the new one is written beside it and renamed at the end, so that the old mode does not count,
 * nor a link in its place.
 *
 * @throws Error if the path exists and may not be replaced, or cannot be written
 */
export async function openOutFile(path: string, replace: boolean): Promise<OutFile> {
  if (replace) await checkReplaceable(path);
  const written = replace ? `${path}.${randomUUID()}.tmp` : path;
  const file = await open(written, 'wx', FILE_MODE).catch((error: unknown) => fail(path, error));
  let isOpen = true;
  const end = async (): Promise<void> => {
    isOpen = false;
    await file.close();
  };
  return {
    write: async (text) => await file.writeFile(text).catch((error: unknown) => fail(path, error)),
    async close() {
      try {
        await file.sync();
        await end();
        if (replace) await rename(written, path);
      } catch (error) {
        fail(path, error);
      }
    },
    async discard() {
      if (isOpen) await end().catch(() => {});
      await unlink(written).catch(() => {});
    },
  };
}

/** A link, a device, a pipe or a folder must not be replaced. */
async function checkReplaceable(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) throw new Error(cliMessages.cannotReplace(path));
}

function fail(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  throw new Error(code === 'EEXIST' ? cliMessages.fileExists(path) : cliMessages.cannotWrite(path, code));
}
