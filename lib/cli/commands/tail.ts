import { CliError } from '../cli-error.js';
import { stateWhileFollowing } from '../cli.messages.js';
import { addFilterOptions, filterOf, type FilterOptions } from '../options/filter-options.js';
import { upTo } from '../options/values.js';
import { eventListing } from '../output/event-row.js';
import type { Program } from '../program.js';

const DEFAULT_LINES = 10;
const MAX_LINES = 100_000;

interface TailOptions extends FilterOptions {
  readonly lines: number;
  readonly follow?: boolean;
}

/** `tail`: the last events, and with `-f` each new one. */
export function addTail(program: Program): void {
  const command = program.command('tail').description('show the last events, and with -f every new one');
  addFilterOptions(command, program.now)
    .option('-n, --lines <count>', 'number of existing events to show', upTo(MAX_LINES), DEFAULT_LINES)
    .option('-f, --follow', 'also show each new event as it is written, until Ctrl-C');
  program.reading(command, async (session, { lines: count, follow, ...options }: TailOptions) => {
    if (follow === true && options.state !== undefined) throw new CliError(stateWhileFollowing());
    const filter = filterOf(options);
    const lines = eventListing(session);
    if (follow !== true) {
      for (const event of await session.reader.last(count, filter)) await lines.write(event);
      return;
    }
    for await (const events of session.reader.follow(count, filter, session.terminal.interruption())) {
      for (const event of events) await lines.write(event);
    }
  });
}
