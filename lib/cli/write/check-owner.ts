import type { FolderView } from '../../buffer/journal/reader/folder-view.js';
import { CliError } from '../cli-error.js';
import { notTheOwner } from '../cli.messages.js';
import { safeText } from '../output/safe-text.js';

/**
 * What a command writes is its user's, and an application of another user could neither read nor take it over.
 *
 * @throws CliError where a folder belongs to somebody else
 */
export function checkOwner(folders: readonly FolderView[], user: number | undefined): void {
  for (const { path, uid } of folders) {
    if (uid !== undefined && user !== undefined && uid !== user) {
      throw new CliError(safeText(notTheOwner(path, uid, user)));
    }
  }
}
