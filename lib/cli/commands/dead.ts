import { counted } from '../../event/counted.js';
import { Tally, type CommandCounts } from '../../buffer/journal/query/command-payloads.js';
import type { EventFilter } from '../../buffer/journal/query/event-filter.js';
import type { KeptLetter } from '../../buffer/journal/reader/letter-outcomes.js';
import type { JournalReader } from '../../buffer/journal/reader/reader.js';
import { nothingMatches } from '../cli.messages.js';
import { addFilterOptions, filterOf, type FilterOptions } from '../options/filter-options.js';
import { countOf } from '../options/values.js';
import { Listing } from '../output/listing.js';
import type { Column } from '../output/table.js';
import type { Program } from '../program.js';
import { confirmed, meantFilter } from '../write/checks.js';
import { giveCommand } from '../write/give-command.js';
import { lanesText, tellGiven } from '../write/outcome.js';
import { letterJson } from './show.js';

const COLUMNS: readonly Column[] = [
  { title: 'DEAD SINCE', width: 24 },
  { title: 'ID', width: 36 },
  { title: 'EVENT', width: 20, atLeast: 12 },
  { title: 'DESTINATION', width: 12 },
  { title: 'REASON', width: 12 },
  { title: 'ATTEMPTS', width: 8, right: true },
  { title: 'ANSWER', atLeast: 10, width: 30 },
];

interface ActOptions extends FilterOptions {
  readonly all?: boolean;
}

interface DropOptions extends ActOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

/** `dead`: events that no attempt could deliver. */
export function addDead(program: Program): void {
  const dead = program.command('dead').description('list dead letters, send them again, or drop them');

  const list = program.command('list', dead).description('list dead letters with their reason and answer');
  addFilterOptions(list, program.now, []).option('--limit <count>', 'maximum number to show', countOf);
  program.reading(list, async (session, { limit, ...options }: FilterOptions & { limit?: number }) => {
    const letters = new Listing(session, { columns: COLUMNS, cells: cellsOf, json: letterJson });
    for await (const letter of session.reader.deadLetters(filterOf(options))) {
      await letters.write(letter);
      if (letters.count === limit) break;
    }
    if (letters.count === 0) session.terminal.tell(nothingMatches());
  });

  const retry = program
    .command('retry', dead)
    .description('queue dead letters again for their destination')
    .argument('[ids...]');
  addFilterOptions(retry, program.now, []).option('--all', 'all dead letters');
  program.writing(retry, async (session, { all, ...options }: ActOptions, ids) => {
    const filter = meantFilter(filterOf(options, ids), all);
    const { events } = await countLetters(session.reader, filter);
    if (events === 0) session.terminal.tell(nothingMatches());
    else await tellGiven(session, 'queued again', await giveCommand(session, 'dead.retry', { filter }));
  });

  const drop = program
    .command('drop', dead)
    .description('drop dead letters; status still counts them, as given_up')
    .argument('[ids...]')
    .requiredOption('--reason <text>', 'why you drop them; kept in the journal');
  addFilterOptions(drop, program.now, [])
    .option('--all', 'all dead letters')
    .option('-y, --yes', 'do not ask for confirmation');
  program.writing(drop, async (session, { all, reason, yes, ...options }: DropOptions, ids) => {
    const filter = meantFilter(filterOf(options, ids), all);
    const { events, lanes } = await countLetters(session.reader, filter);
    if (events === 0) {
      session.terminal.tell(nothingMatches());
      return;
    }
    const question = `Drop ${counted(events, 'dead letter')}${lanesText(lanes)}?`;
    await confirmed(session.terminal, question, 'dead drop', yes);
    await tellGiven(session, 'dropped', await giveCommand(session, 'dead.drop', { filter, reason }));
  });
}

function cellsOf({ at, id, event, lane, reason, attempts, answer }: KeptLetter): string[] {
  return [new Date(at).toISOString(), id, event.name, lane, reason, String(attempts), answer ?? ''];
}

async function countLetters(reader: JournalReader, filter: EventFilter): Promise<CommandCounts> {
  const tally = new Tally();
  for await (const { lane } of reader.deadLetters(filter)) tally.add([lane]);
  return tally.counts;
}
