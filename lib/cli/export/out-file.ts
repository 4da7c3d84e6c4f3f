import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { CliError } from '../cli-error.js';
import { cannotWrite, fileExists } from '../cli.messages.js';

const FILE_MODE = 0o600;

/** A file that an export goes to. Events are personal data, so only its owner may read it. */
export interface OutFile {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** @throws CliError where it exists, unless it may be replaced, or cannot be made */
export async function openOutFile(path: string, replace: boolean): Promise<OutFile> {
  const stream = createWriteStream(path, { flags: replace ? 'w' : 'wx', mode: FILE_MODE });
  let failure: unknown;
  stream.on('error', (error) => {
    failure = error;
  });
  const failed = (): CliError => {
    const code = (failure as NodeJS.ErrnoException).code ?? 'unknown error';
    return new CliError(code === 'EEXIST' ? fileExists(path) : cannotWrite(path, code));
  };
  await once(stream, 'open').catch(() => {});
  if (failure !== undefined) throw failed();
  return {
    async write(text) {
      if (!stream.write(text)) await once(stream, 'drain').catch(() => {});
      if (failure !== undefined) throw failed();
    },
    async close() {
      await new Promise<void>((resolve) => stream.end(() => resolve()));
      if (failure !== undefined) throw failed();
    },
  };
}
