import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;

/**
 * A folder on a real disk for what the subjects write. Made and removed here, because each subject's process is ended without
 * a warning.
 *
 * @returns {{ path: string, empty(): void, remove(): void }}
 */
export function scratchFolder() {
  const path = mkdtempSync(join(tmpdir(), 'nestjs-tracking-bench-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  if ([TMPFS, RAMFS].includes(statfsSync(path).type)) {
    remove();
    throw new Error(`${tmpdir()} is kept in memory: set TMPDIR to a folder on a disk`);
  }
  process.once('exit', remove);
  return {
    path,
    empty() {
      for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true });
    },
    remove,
  };
}
