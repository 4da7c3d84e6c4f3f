import { counted } from '../../event/counted.js';
import { Tally, type CommandCounts } from '../../buffer/journal/query/command-payloads.js';
import type { EventFilter } from '../../buffer/journal/query/event-filter.js';
import type { KeptLetter } from '../../buffer/journal/reader/letter-outcomes.js';
import { cliMessages } from '../cli.messages.js';
import { reading, writing, type CliCommand } from '../command.js';
import { LETTER_FILTERS, selected } from '../options/filters.js';
import { option, parsed, required, YES } from '../options/option.js';
import { countOf } from '../options/parsers.js';
import { Listing } from '../output/listing.js';
import type { Column } from '../output/table.js';
import type { Session } from '../session.js';
import { giveCommand } from '../write/give-command.js';
import { confirmed, lanesText, tellGiven } from '../write/outcome.js';
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

const list = reading({
  name: 'list',
  description: 'list dead letters with their reason and answer',
  options: { ...LETTER_FILTERS, limit: parsed('--limit <count>', 'maximum number to show', countOf) },
  async run(session, { limit, ...filter }) {
    const letters = new Listing(session, { columns: COLUMNS, cells: cellsOf, json: letterJson });
    await letters.writeAll(session.reader.deadLetters(filter), limit);
  },
});

const all = option('--all', 'all dead letters');

const retry = writing({
  name: 'retry',
  description: 'queue dead letters again for their destination',
  argument: '[ids...]',
  options: { ...LETTER_FILTERS, all },
  async run(session, { all, ...filters }, ids) {
    const filter = selected(filters, ids, all);
    const { events } = await countLetters(session, filter);
    if (events === 0) return;
    await tellGiven(session, 'queued again', await giveCommand(session, 'dead.retry', { filter }));
  },
});

const drop = writing({
  name: 'drop',
  description: 'drop dead letters; status still counts them, as given_up',
  argument: '[ids...]',
  options: {
    reason: required(option('--reason <text>', 'why you drop them; kept in the journal')),
    ...LETTER_FILTERS,
    all,
    yes: YES,
  },
  async run(session, { all, reason, yes, ...filters }, ids) {
    const filter = selected(filters, ids, all);
    const { events, lanes } = await countLetters(session, filter);
    if (events === 0) return;
    const question = `Drop ${counted(events, 'dead letter')}${lanesText(lanes)}?`;
    await confirmed(session, question, 'dead drop', yes);
    await tellGiven(session, 'dropped', await giveCommand(session, 'dead.drop', { filter, reason }));
  },
});

/** `dead`: events that no attempt could deliver. */
export const dead: CliCommand = {
  name: 'dead',
  description: 'list dead letters, send them again, or drop them',
  commands: [list, retry, drop],
};

function cellsOf({ at, id, event, lane, reason, attempts, answer }: KeptLetter): string[] {
  return [new Date(at).toISOString(), id, event.name, lane, reason, String(attempts), answer ?? ''];
}

/** Counts the dead letters that a filter selects, and reports that there are none. */
async function countLetters({ reader, terminal }: Session, filter: EventFilter): Promise<CommandCounts> {
  const tally = new Tally();
  for await (const { lane } of reader.deadLetters(filter)) tally.add([lane]);
  if (tally.events === 0) terminal.tell(cliMessages.nothingMatches());
  return tally.counts;
}
