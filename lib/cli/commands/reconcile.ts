import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import { isEmpty } from '../cli.messages.js';
import { collect, timeOption } from '../options/values.js';
import { csvLine } from '../output/csv.js';
import { count } from '../output/quantities.js';
import { addTo, noSums, SUM_COLUMNS, sumCells, sumNumbers, totalOf, type Sums } from '../output/sums.js';
import { safeJson } from '../output/safe-text.js';
import { table, type Column } from '../output/table.js';
import type { Program } from '../program.js';

interface ReconcileOptions {
  readonly since?: number;
  readonly until?: number;
  readonly event?: readonly string[];
  readonly destination?: readonly string[];
  readonly csv?: boolean;
}

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

/** `reconcile`: accepted events and their outcomes, hour by hour. */
export function addReconcile(program: Program): void {
  const command = program
    .command('reconcile')
    .description(
      'count accepted events and their outcomes, by hour, event and destination, with every reason',
    )
    .addOption(timeOption('--since <time>', 'only hours that end after this time', program.now))
    .addOption(timeOption('--until <time>', 'only hours that begin before this time', program.now))
    .option('--event <name>', 'event name; may be repeated', collect)
    .option('--destination <name>', 'destination name; may be repeated', collect)
    .option('--csv', 'print CSV');
  program.reading(command, async ({ reader, terminal, json }, options: ReconcileOptions) => {
    const { counts } = await reader.count();
    const balances = balancesOf(counts.rows().filter((row) => isMeant(row, options)));
    if (json) {
      for (const balance of balances) await terminal.write(`${safeJson(balance)}\n`);
    } else if (options.csv === true) await terminal.write(csvOf(balances));
    else if (balances.length === 0) terminal.tell(isEmpty());
    else await terminal.write(table(COLUMNS, rowsOf(balances), terminal.columns));
  });
}

function isMeant(
  { hour, name, lane }: EndCount,
  { since, until, event, destination }: ReconcileOptions,
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

function rowsOf(balances: readonly Balance[]): string[][] {
  const rows = balances.map((balance) => {
    const { hour, name, lane, reasons } = balance;
    const why = Object.entries(reasons).map(([reason, events]) => `${reason} ${count(events)}`);
    return [hour, name, lane, ...sumCells(balance), why.join(', ')];
  });
  return [...rows, ['total', '', '', ...sumCells(totalOf(balances)), '']];
}

function csvOf(balances: readonly Balance[]): string {
  const states = Object.keys(noSums());
  const lines = balances.map((balance) => {
    const { group, hour, type, name, lane, reasons } = balance;
    const why = Object.entries(reasons).map(([reason, events]) => `${reason}=${events}`);
    return csvLine([group, hour, type, name, lane, ...sumNumbers(balance), why.join(' ')]);
  });
  return [csvLine([...CSV_TITLES, ...states, 'reasons']), ...lines].join('');
}
