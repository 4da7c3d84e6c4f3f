import type { Report } from '../src/observe/tracking-report.js';
import type { Audit } from './audit.js';
import type { Ledger } from './ledger.js';
import { table } from './table.js';
import { sumOf, type Totals } from './totals.js';

/** One process of the shop, as it was at its end. */
export interface ClosedShop {
  readonly name: string;
  readonly url: string;
  readonly report: Report;
}

export interface Verdict {
  readonly text: string;
  readonly agrees: boolean;
}

const SHOWN = 10;

/** The tables at the end: three accounts of the same 20 seconds, and whether they agree. */
export function verdict(
  shops: readonly ClosedShop[],
  ledger: Ledger,
  audited: Audit,
  surprises: readonly string[],
): Verdict {
  const problems = [
    ...surprises,
    ...audited.problems,
    ...shops.flatMap((shop) => disagreements(shop, ledger)),
  ];
  const rows = audited.rows;
  const lost = rows.reduce((sum, row) => sum + row.done - row.found, 0);
  const total = (of: 'done' | 'received' | 'counted'): number => rows.reduce((sum, row) => sum + row[of], 0);

  const text = [
    '',
    'What the two processes of the shop say of themselves, and what shoppers did to them:',
    '',
    accounting(shops, ledger, lost),
    '',
    'What shoppers did, what the shops accepted, and what the collector counted (by person, name and second):',
    '',
    table(
      ['', 'done', 'accepted', 'received', 'counted', ''],
      [
        ...rows.map((row) => [
          row.name,
          row.done,
          acceptedOf(row.name, shops),
          row.received,
          row.counted,
          row.done === row.counted && row.done === row.found ? 'agrees' : 'DIFFERS',
        ]),
        ['all', total('done'), sumOf(stats(shops)).accepted, total('received'), total('counted'), ''],
      ],
    ),
    '',
    ...[...ledger.crossed].map(
      ([name, times]) =>
        `  ${times} ${name} were submitted to both processes: accepted and sent by each, counted once.`,
    ),
    '',
    ...problems.slice(0, SHOWN).map((problem) => `  ${problem}`),
    ...(problems.length > SHOWN ? [`  ... and ${problems.length - SHOWN} more`] : []),
    problems.length === 0
      ? 'They agree: everything arrived, at the right person, in the right second, once. Nothing was lost.'
      : `They DO NOT agree: ${problems.length} differences, ${lost} lost.`,
  ].join('\n');
  return { text, agrees: problems.length === 0 && lost === 0 };
}

function accounting(shops: readonly ClosedShop[], ledger: Ledger, lost: number): string {
  const each = shops.map((shop) => sumOf([shop.report.stats]));
  const all = sumOf(stats(shops));
  const did = (of: 'calls' | 'accepted' | 'duplicates' | 'suppressed'): number =>
    shops.reduce((sum, shop) => sum + ledger.of(shop.url)[of], 0);
  const line = (label: string, of: keyof Totals, shoppers: number | '' = ''): (string | number)[] => [
    label,
    ...each.map((totals) => totals[of]),
    all[of],
    shoppers,
  ];
  return table(
    ['', ...shops.map((shop) => shop.name), 'together', 'shoppers did'],
    [
      line('calls', 'calls', did('calls')),
      line('accepted', 'accepted', did('accepted')),
      line('duplicates suppressed', 'duplicates', did('duplicates')),
      line('suppressed by `when`', 'suppressed', did('suppressed')),
      line('rejected', 'rejected', 0),
      line('delivered', 'delivered', did('accepted')),
      line('retried', 'retried'),
      line('still waiting', 'pending', 0),
      line('dead', 'dead', 0),
      line('dropped', 'dropped', 0),
      ['lost', ...shops.map(() => ''), lost, 0],
    ],
  );
}

/** What a shop says of itself against the ledger, and against its own arithmetic. */
function disagreements({ name, url, report }: ClosedShop, ledger: Ledger): string[] {
  const said = sumOf([report.stats]);
  const did = ledger.of(url);
  const found: string[] = [];
  const must = (what: string, got: number, wanted: number): void => {
    if (got !== wanted) found.push(`${name}: ${got} ${what}, expected ${wanted}`);
  };
  must('calls', said.calls, did.calls);
  must('accepted', said.accepted, did.accepted);
  must('duplicates', said.duplicates, did.duplicates);
  must('suppressed', said.suppressed, did.suppressed);
  must('rejected', said.rejected, 0);
  must('delivered', said.delivered, did.accepted);
  must('still waiting', said.pending, 0);
  must('dead', said.dead, 0);
  must('dropped', said.dropped, 0);
  must('accounted for', said.accepted + said.rejected + said.duplicates + said.suppressed, said.calls);
  return found;
}

/** From `lifecycle$`, by the names of the events; identify and group go to one place at KISSmetrics. */
function acceptedOf(row: string, shops: readonly ClosedShop[]): number {
  const names = row === 'identify, group' ? ['identify', 'group'] : [row];
  return shops.reduce(
    (sum, { report }) =>
      sum + names.reduce((ofNames, name) => ofNames + (report.byName[name]?.['accepted'] ?? 0), 0),
    0,
  );
}

function stats(shops: readonly ClosedShop[]) {
  return shops.map((shop) => shop.report.stats);
}
