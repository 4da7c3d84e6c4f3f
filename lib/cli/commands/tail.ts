import { cliMessages } from '../cli.messages.js';
import { reading } from '../command.js';
import { FILTERS } from '../options/filters.js';
import { option, parsed, withDefault } from '../options/option.js';
import { upTo } from '../options/parsers.js';
import { eventListing } from '../output/event-row.js';

const DEFAULT_LINES = 10;
const MAX_LINES = 100_000;

/** `tail`: the last events, and with `-f` each new one. */
export const tail = reading({
  name: 'tail',
  description: 'show the last events, and with -f every new one',
  options: {
    ...FILTERS,
    lines: withDefault(
      parsed('-n, --lines <count>', 'number of existing events to show', upTo(MAX_LINES)),
      DEFAULT_LINES,
    ),
    follow: option('-f, --follow', 'also show each new event as it is written, until Ctrl-C'),
  },
  async run(session, { lines: count, follow, ...filter }) {
    if (follow === true && filter.states !== undefined) throw new Error(cliMessages.stateWhileFollowing());
    const lines = eventListing(session);
    if (follow !== true) {
      for (const event of await session.reader.last(count, filter)) await lines.write(event);
      return;
    }
    for await (const events of session.reader.follow(count, filter, session.terminal.interruption())) {
      for (const event of events) await lines.write(event);
    }
  },
});
