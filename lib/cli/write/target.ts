import type { LaneAccount } from '../../buffer/event-buffer.js';
import { isSameAccount } from '../../buffer/journal/ownership/accounts.js';
import { startOf, type FolderView } from '../../buffer/journal/reader/folder-view.js';
import { cliMessages } from '../cli.messages.js';

/** The destination of an option `--to`, with its account. */
export interface Target {
  readonly name: string;
  readonly account: LaneAccount;
  /** A folder with this destination: of a running application, else the newest. */
  readonly folder: FolderView;
}

/**
 * Finds a destination by name: in the running applications, else in the newest folder.
 *
 * @param other an account to exclude, whatever its destination's name
 * @throws Error if there is none, or running applications differ
 */
export function targetOf(folders: readonly FolderView[], name: string, other?: LaneAccount): Target {
  const named = folders
    .filter(saysTarget)
    .flatMap((folder): Target[] => {
      const account = Object.hasOwn(folder.lanes, name) ? folder.lanes[name] : undefined;
      return account === undefined ? [] : [{ name, account, folder }];
    })
    .toSorted((a, b) => startOf(b.folder) - startOf(a.folder));
  const found = named.filter(({ account }) => other === undefined || !isSameAccount(account, other));
  const running = found.filter(({ folder }) => folder.condition === 'alive');
  const [target] = running.length > 0 ? running : found;
  if (target === undefined) {
    if (named.length > 0) throw new Error(cliMessages.sameAccount(name));
    const known = [...new Set(folders.flatMap(({ lanes }) => Object.keys(lanes)))];
    throw new Error(cliMessages.unknownDestination(name, known));
  }
  if (running.some(({ account }) => !isSameAccount(account, target.account))) {
    throw new Error(cliMessages.severalAccounts(name));
  }
  return target;
}

/** An adopted folder names the destinations of its former owner, and its inbox is not read. */
const saysTarget = ({ owner, origin, condition }: FolderView): boolean =>
  owner === origin || condition === 'closed' || condition === 'dead';
