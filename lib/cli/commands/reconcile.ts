import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import { isEmpty } from '../cli.messages.js';
import { collect } from '../options/filter-options.js';
import { timeOption } from '../options/time-option.js';
import { csvLine } from '../output/csv.js';
import { count } from '../output/quantities.js';
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

/** What came in for a destination in an hour, and where it is. */
interface Balance {
  readonly group: string;
  readonly hour: string;
  readonly type: string;
  readonly name: string;
  readonly lane: string;
  accepted: number;
  /** Copies that a replay made. */
  replayed: number;
  delivered: number;
  pending: number;
  dead: number;
  dropped: number;
  redriven: number;
  /** By state and reason, of what did not arrive. */
  readonly reasons: Record<string, number>;
}

const COLUMNS: readonly Column[] = [
  { title: 'HOUR (UTC)' },
  { title: 'EVENT', atLeast: 12 },
  { title: 'DESTINATION' },
  { title: 'ACCEPTED', right: true },
  { title: 'REPLAYED', right: true },
  { title: 'DELIVERED', right: true },
  { title: 'PENDING', right: true },
  { title: 'DEAD', right: true },
  { title: 'DROPPED', right: true },
  { title: 'REDRIVEN', right: true },
  { title: 'WHY' },
];

const HOUR_MS = 3_600_000;

/** `reconcile`: what was accepted, hour by hour, beside where it is. */
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
    if (json) for (const balance of balances) await terminal.write(`${safeJson(balance)}\n`);
    else if (options.csv === true) await terminal.write(csvOf(balances));
    else if (balances.length === 0) terminal.tell(isEmpty());
    else
      await terminal.write(table(COLUMNS, [...balances.map(cellsOf), totalOf(balances)], terminal.columns));
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
  for (const { group, hour, type, name, lane, state, reason, replayed, count: events } of rows) {
    const key = JSON.stringify([group, hour, type, name, lane]);
    let balance = balances.get(key);
    if (balance === undefined) {
      const none = { accepted: 0, replayed: 0, delivered: 0, pending: 0, dead: 0, dropped: 0, redriven: 0 };
      balance = { group, hour, type, name, lane, ...none, reasons: {} };
      balances.set(key, balance);
    }
    balance[replayed ? 'replayed' : 'accepted'] += events;
    balance[state] += events;
    if (reason !== '') {
      const why = `${state}.${reason}`;
      balance.reasons[why] = (balance.reasons[why] ?? 0) + events;
    }
  }
  return [...balances.values()];
}

function cellsOf(balance: Balance): string[] {
  const { hour, name, lane, reasons } = balance;
  const why = Object.entries(reasons).map(([reason, events]) => `${reason} ${count(events)}`);
  return [hour, name, lane, ...numbersOf(balance).map(count), why.join(', ')];
}

function totalOf(balances: readonly Balance[]): string[] {
  const sums = balances.map(numbersOf).reduce((sum, own) => sum.map((value, i) => value + own[i]!));
  return ['total', '', '', ...sums.map(count), ''];
}

function numbersOf(balance: Balance): number[] {
  const { accepted, replayed, delivered, pending, dead, dropped, redriven } = balance;
  return [accepted, replayed, delivered, pending, dead, dropped, redriven];
}

function csvOf(balances: readonly Balance[]): string {
  const titles = ['group', 'hour', 'type', 'event', 'destination', 'accepted', 'replayed', 'delivered'];
  const lines = balances.map((balance) => {
    const { group, hour, type, name, lane, reasons } = balance;
    const why = Object.entries(reasons).map(([reason, events]) => `${reason}=${events}`);
    return csvLine([group, hour, type, name, lane, ...numbersOf(balance), why.join(' ')]);
  });
  return csvLine([...titles, 'pending', 'dead', 'dropped', 'redriven', 'reasons']) + lines.join('');
}
