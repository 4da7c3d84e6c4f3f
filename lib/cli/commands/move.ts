import { eventsOf } from '../../event/counted.js';
import { accountLabel } from '../../buffer/journal/ownership/accounts.js';
import type { FolderCounts } from '../../buffer/journal/reader/overview.js';
import { strandedRows, type StrandedRow } from '../../buffer/journal/reader/stranded.js';
import { cliMessages } from '../cli.messages.js';
import { onJournal } from '../command.js';
import { DRY_RUN, option, required, YES } from '../options/option.js';
import { giveCommand } from '../write/give-command.js';
import { targetOf } from '../write/target.js';
import { confirmed, tellDryRun, tellGiven } from '../write/outcome.js';

/** `move`: moves stranded events of one account to another destination. */
export const move = onJournal({
  name: 'move',
  description: 'move stranded events of an account to another destination',
  options: {
    from: required(option('--from <account>', 'the account, as `status` shows it')),
    to: required(option('--to <destination>', 'the name of the destination that delivers them')),
    dryRun: DRY_RUN,
    yes: YES,
  },
  async run(session, { from, to, dryRun, yes }) {
    // An unreadable folder cannot be moved; `status` names it.
    const readable = session.reader.omitting(() => undefined);
    const { folders } = await readable.count();
    const rows = rowsOf(folders, from);
    const views = folders.map(({ folder }) => folder);
    const account = views
      .flatMap(({ lanes }) => Object.values(lanes))
      .find((one) => accountLabel(one) === rows[0]?.account);
    if (account === undefined) throw new Error(cliMessages.nothingStranded(from));
    const target = targetOf(views, to, account);
    const events = sumOf(rows);
    const moved = { events, lanes: { [to]: events } };
    const what = `${eventsOf(events)} of ${accountLabel(account)}`;
    const where = `${to} (${accountLabel(target.account)})`;
    if (dryRun === true) {
      await tellDryRun(session, moved, `${what} would be released to ${where}`);
      return;
    }
    await confirmed(session, `Release ${what} to ${where}?`, 'move', yes);
    const given = await giveCommand(session, 'move', { from: account, to: target.account });
    const left = sumOf(rowsOf((await readable.count()).folders, accountLabel(account)));
    const released = Math.max(0, events - left);
    await tellGiven(session, 'released', {
      ...given,
      events: released,
      lanes: { [to]: released },
      problems: [...given.problems, ...(left > 0 ? [cliMessages.notReleased(left)] : [])],
    });
  },
});

/** The stranded events of an account. `from` is its name in `status`, or the end of that name. */
function rowsOf(folders: readonly FolderCounts[], from: string): StrandedRow[] {
  return strandedRows(folders).filter(
    ({ account }) => account !== null && (account === from || account.endsWith(`/${from}`)),
  );
}

const sumOf = (rows: readonly StrandedRow[]): number =>
  rows.reduce((sum, { events }) => sum + (events ?? 0), 0);
