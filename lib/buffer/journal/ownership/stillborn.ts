import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { codeOf } from './absence.js';

/** Behind the name of a folder that is being removed, so that whoever still makes it cannot finish it. */
const REMOVED = '.removed';

/** What may be in a folder before it is born; with it, what a write that did not end left beside a file. */
const UNBORN_CONTENT = /^\.?(owner\.json.*|inbox|outbox)$/;

/** Removes a folder whose maker died before it was complete. One that holds anything else stays. */
export async function removeStillborn(files: Files, path: string): Promise<void> {
  const names = await files.list(path);
  if (!names.every((name) => UNBORN_CONTENT.test(name))) return;
  const doomed = path.endsWith(REMOVED) ? path : path + REMOVED;
  if (doomed !== path) await files.rename(path, doomed);
  for (const name of names) {
    const inside = join(doomed, name);
    try {
      await (name === 'inbox' || name === 'outbox' ? files.removeFolder(inside) : files.remove(inside));
    } catch (error) {
      // Several may be at it.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  await files.removeFolder(doomed);
}
