import type { Files } from '../files/files.js';
import { contentOf, removeOwn } from './content.js';
import { OWNER_FILE } from './owner-file.js';

/** Appended to the name of a folder that is being removed, so that its maker cannot complete it. */
const REMOVED = '.removed';

/** Files that an incomplete folder may contain. */
const isUnborn = (name: string): boolean =>
  name === 'inbox' || name === 'outbox' || name.startsWith(OWNER_FILE);

/** Removes a folder whose maker died before it was complete. A folder with other files stays; returns their names. */
export async function removeStillborn(files: Files, path: string): Promise<readonly string[]> {
  const { own, needed, unknown } = await contentOf(files, path);
  const strange = [...needed, ...unknown, ...own.filter((name) => !isUnborn(name))];
  if (strange.length > 0) return strange;
  const doomed = path.endsWith(REMOVED) ? path : path + REMOVED;
  if (doomed !== path) await files.rename(path, doomed);
  await removeOwn(files, doomed);
  return [];
}
