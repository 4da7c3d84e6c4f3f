import type { Files } from '../files/files.js';
import { contentOf, removeOwn } from './content.js';
import { OWNER_FILE } from './owner-file.js';

/** Behind the name of a folder that is being removed, so that whoever still makes it cannot finish it. */
const REMOVED = '.removed';

/** Files that an incomplete folder may contain. */
const isUnborn = (name: string): boolean =>
  name === 'inbox' || name === 'outbox' || name.startsWith(OWNER_FILE);

/** Removes a folder whose maker died before it was complete. One that holds anything else stays; returns what that is. */
export async function removeStillborn(files: Files, path: string): Promise<readonly string[]> {
  const { own, needed, unknown } = await contentOf(files, path);
  const strange = [...needed, ...unknown, ...own.filter((name) => !isUnborn(name))];
  if (strange.length > 0) return strange;
  const doomed = path.endsWith(REMOVED) ? path : path + REMOVED;
  if (doomed !== path) await files.rename(path, doomed);
  await removeOwn(files, doomed);
  return [];
}
