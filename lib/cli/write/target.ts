import type { LaneAccount } from '../../buffer/event-buffer.js';
import { isSameAccount } from '../../buffer/journal/ownership/accounts.js';
import { startOf, type FolderView } from '../../buffer/journal/reader/folder-view.js';
import { CliError } from '../cli-error.js';
import { severalAccounts, unknownDestination } from '../cli.messages.js';
import { safeText } from '../output/safe-text.js';

/** A destination that somebody named, and the account that it is. */
export interface Target {
  readonly name: string;
  readonly account: LaneAccount;
  /** Has it; the newest where none that runs does. */
  readonly folder: FolderView;
}

/**
 * The destination of a name: that of the applications that run, else that of the newest folder.
 *
 * @param other an account that is not meant, however it is called
 * @throws CliError where there is none, or several that run differ
 */
export function targetOf(folders: readonly FolderView[], name: string, other?: LaneAccount): Target {
  const found = folders
    .filter(({ owner, origin }) => owner === origin)
    .flatMap((folder): Target[] => {
      const account = Object.hasOwn(folder.lanes, name) ? folder.lanes[name] : undefined;
      if (account === undefined || (other !== undefined && isSameAccount(account, other))) return [];
      return [{ name, account, folder }];
    })
    .toSorted((a, b) => startOf(b.folder) - startOf(a.folder));
  const running = found.filter(({ folder }) => folder.condition === 'alive');
  const [target] = running.length > 0 ? running : found;
  if (target === undefined) {
    const known = [...new Set(folders.flatMap(({ lanes }) => Object.keys(lanes)))];
    throw new CliError(safeText(unknownDestination(name, known)));
  }
  if (running.some(({ account }) => !isSameAccount(account, target.account))) {
    throw new CliError(safeText(severalAccounts(name)));
  }
  return target;
}
