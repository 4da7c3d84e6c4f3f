import { nothingMatches } from '../cli.messages.js';
import { addFilterOptions, filterOf, type FilterOptions } from '../options/filter-options.js';
import { countOf } from '../options/values.js';
import { eventListing } from '../output/event-row.js';
import type { Program } from '../program.js';

/** `list`: events, oldest first. */
export function addList(program: Program): void {
  const command = program.command('list').description('list events, oldest first');
  addFilterOptions(command, program.now).option('--limit <count>', 'maximum number to show', countOf);
  program.reading(command, async (session, { limit, ...options }: FilterOptions & { limit?: number }) => {
    const lines = eventListing(session);
    for await (const event of session.reader.events(filterOf(options))) {
      await lines.write(event);
      if (lines.count === limit) break;
    }
    if (lines.count === 0) session.terminal.tell(nothingMatches());
  });
}
