import type { EventFilter } from '../../buffer/journal/query/event-filter.js';
import type { FolderView } from '../../buffer/journal/reader/folder-view.js';
import { CliError } from '../cli-error.js';
import { needsYes, notConfirmed, notTheOwner, saysAll } from '../cli.messages.js';
import { safeText } from '../output/safe-text.js';
import type { Terminal } from '../terminal.js';

/** The filter, unless it selects everything without `--all`. @throws CliError */
export function meantFilter(filter: EventFilter, all: boolean | undefined): EventFilter {
  if (Object.keys(filter).length === 0 && all !== true) throw new CliError(saysAll());
  return filter;
}

/** Asks before a change that cannot be undone. @throws CliError if the user declines, or cannot be asked */
export async function confirmed(
  terminal: Terminal,
  question: string,
  command: string,
  yes: boolean | undefined,
): Promise<void> {
  if (yes === true) return;
  if (!terminal.canAsk) throw new CliError(needsYes(command));
  if (!(await terminal.agrees(question))) throw new CliError(notConfirmed());
}

/**
 * Files of a command belong to its user, and an application of another user could neither read nor adopt them.
 *
 * @throws CliError if a folder belongs to another user
 */
export function checkOwner(folders: readonly FolderView[], user: number | undefined): void {
  if (user === undefined) return;
  const other = folders.find(({ uid = user }) => uid !== user);
  if (other?.uid !== undefined) throw new CliError(safeText(notTheOwner(other.path, other.uid, user)));
}
