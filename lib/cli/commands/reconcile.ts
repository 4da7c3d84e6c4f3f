import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import { cliMessages } from '../cli.messages.js';
import { reading } from '../command.js';
import { option, parsed, type ValuesOf } from '../options/option.js';
import { checkedTime, collect } from '../options/parsers.js';
import { csvLine } from '../output/csv.js';
import { count } from '../output/quantities.js';
import { addTo, noSums, SUM_COLUMNS, sumCells, sumNumbers, type Sums } from '../output/sums.js';
import { table, type Column } from '../output/table.js';

/** The events of one name for one destination in one hour, by state. */
interface Balance extends Sums {
  readonly group: string;
  readonly hour: string;
  readonly type: string;
  readonly name: string;
  readonly lane: string;
  /** By state and reason, of events that were not delivered. */
  readonly reasons: Record<string, number>;
}

const COLUMNS: readonly Column[] = [
  { title: 'HOUR (UTC)' },
  { title: 'EVENT', atLeast: 12 },
  { title: 'DESTINATION' },
  ...SUM_COLUMNS,
  { title: 'WHY' },
];
const CSV_TITLES = ['group', 'hour', 'type', 'event', 'destination'];

const HOUR_MS = 3_600_000;

const SELECTION = {
  since: parsed('--since <time>', 'only hours that end after this time', checkedTime),
  until: parsed('--until <time>', 'only hours that begin before this time', checkedTime),
  event: parsed('--event <name>', 'event name; may be repeated', collect),
  destination: parsed('--destination <name>', 'destination name; may be repeated', collect),
};

/** `reconcile`: accepted events and their outcomes, hour by hour. */
export const reconcile = reading({
  name: 'reconcile',
  description: 'count accepted events and their outcomes, by hour, event and destination, with every reason',
  options: { ...SELECTION, csv: option('--csv', 'print CSV') },
  async run({ reader, terminal, json }, options) {
    const { counts } = await reader.count();
    const rows = counts.rows().filter((row) => isSelected(row, options));
    const balances = balancesOf(rows);
    if (json) {
      for (const balance of balances) await terminal.writeJson(balance);
    } else if (options.csv === true) await terminal.write(csvOf(balances));
    else if (balances.length === 0) terminal.tell(cliMessages.isEmpty());
    else {
      const total = noSums();
      for (const row of rows) addTo(total, row);
      const cells = [...balances.map(cellsOf), ['total', '', '', ...sumCells(total), '']];
      await terminal.write(table(COLUMNS, cells, terminal.columns));
    }
  },
});

function isSelected(
  { hour, name, lane }: EndCount,
  { since, until, event, destination }: ValuesOf<typeof SELECTION>,
): boolean {
  if (event !== undefined && !event.includes(name)) return false;
  if (destination !== undefined && !destination.includes(lane)) return false;
  if (since === undefined && until === undefined) return true;
  const begins = Date.parse(`${hour}:00Z`);
  return (since === undefined || begins + HOUR_MS > since) && (until === undefined || begins < until);
}

function balancesOf(rows: readonly EndCount[]): Balance[] {
  const balances = new Map<string, Balance>();
  for (const row of rows) {
    const { group, hour, type, name, lane, state, reason, count: events } = row;
    const key = JSON.stringify([group, hour, type, name, lane]);
    const balance = balances.get(key) ?? { group, hour, type, name, lane, ...noSums(), reasons: {} };
    balances.set(key, balance);
    addTo(balance, row);
    if (reason === '') continue;
    const why = `${state}.${reason}`;
    balance.reasons[why] = (balance.reasons[why] ?? 0) + events;
  }
  return [...balances.values()];
}

function cellsOf(balance: Balance): string[] {
  const { hour, name, lane, reasons } = balance;
  const why = Object.entries(reasons).map(([reason, events]) => `${reason} ${count(events)}`);
  return [hour, name, lane, ...sumCells(balance), why.join(', ')];
}

function csvOf(balances: readonly Balance[]): string {
  const lines = balances.map((balance) => {
    const { group, hour, type, name, lane, reasons } = balance;
    const why = Object.entries(reasons).map(([reason, events]) => `${reason}=${events}`);
    return csvLine([group, hour, type, name, lane, ...sumNumbers(balance), why.join(' ')]);
  });
  return [csvLine([...CSV_TITLES, ...Object.keys(noSums()), 'reasons']), ...lines].join('');
}
