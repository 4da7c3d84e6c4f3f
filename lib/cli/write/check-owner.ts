import type { FolderView } from '../../buffer/journal/reader/folder-view.js';
import { CliError } from '../cli-error.js';
import { notTheOwner } from '../cli.messages.js';
import { safeText } from '../output/safe-text.js';

/**
 * Files of a command belong to its user, and an application of another user could neither read nor adopt them.
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
