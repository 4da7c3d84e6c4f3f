import type { Report } from '../src/observe/tracking-report.js';
import type { Audit, Unsure } from './audit.js';
import { count } from './count.js';
import type { Ledger, ShopLedger } from './ledger.js';
import { table } from './table.js';
import { sumOf, type Totals } from './totals.js';

/** One shop, with the last report of its process. */
export interface ClosedShop {
  readonly name: string;
  readonly url: string;
  readonly report: Report;
  /** The report of its earlier process just before the kill. */
  readonly lastWords?: Report;
}

export interface Verdict {
  readonly text: string;
  readonly agrees: boolean;
}

const SHOWN = 10;

/** The tables at the end: three accounts of the same traffic, and whether they agree. */
export function verdict(
  shops: readonly ClosedShop[],
  ledger: Ledger,
  audited: Audit,
  surprises: readonly string[],
): Verdict {
  const { rows } = audited;
  const problems = [
    ...surprises,
    ...audited.problems,
    ...shops.flatMap((shop) => disagreements(shop, ledger)),
    ...untaken(shops),
  ];
  const lost = rows.reduce((sum, row) => sum + row.done - row.found, 0);
  const doubled = rows.reduce((sum, row) => sum + Math.max(0, row.counted - row.found), 0);
  const total = (of: 'done' | 'received' | 'counted'): number => rows.reduce((sum, row) => sum + row[of], 0);

  const text = [
    '',
    "The final `stats()` of the two shops, and what is expected from the shoppers' actions:",
    '',
    accounting(shops, ledger),
    '',
    ...killed(shops, ledger, audited),
    'What shoppers did, and what the collector counted (once per person, name and second):',
    '',
    table(
      ['event', 'done', 'counted', 'lost', 'doubled', 'result', 'requests', 'repeats'],
      [
        ...rows.map((row) => [
          row.name,
          row.done,
          row.counted,
          row.done - row.found,
          Math.max(0, row.counted - row.found),
          row.done === row.counted && row.done === row.found ? 'agrees' : 'DIFFERS',
          row.received,
          row.received - row.counted,
        ]),
        [
          'all',
          total('done'),
          total('counted'),
          lost,
          doubled,
          lost + doubled === 0 ? 'agrees' : 'DIFFERS',
          total('received'),
          total('received') - total('counted'),
        ],
      ],
    ),
    '',
    ...[...ledger.crossed].map(
      ([name, times]) =>
        `  ${count(times, `${name} event`)} went to more than one process. Each process sent its own request; the collector counted one.`,
    ),
    '',
    ...problems.slice(0, SHOWN).map((problem) => `  ${problem}`),
    ...(problems.length > SHOWN ? [`  ... and ${problems.length - SHOWN} more`] : []),
    problems.length === 0
      ? `All accounts agree: every event arrived, for the right person and in the right second. ${lost} lost, ${doubled} doubled.`
      : `The accounts DO NOT agree: ${count(problems.length, 'difference')}, ${lost} lost, ${doubled} doubled.`,
  ].join('\n');
  return { text, agrees: problems.length === 0 && lost === 0 };
}

function accounting(shops: readonly ClosedShop[], ledger: Ledger): string {
  const each = shops.map((shop) => sumOf([shop.report.stats]));
  const all = sumOf(shops.map((shop) => shop.report.stats));
  const did = (of: Exclude<keyof ShopLedger, 'killed'>): number =>
    shops.reduce((sum, shop) => sum + ledger.of(shop.url)[of], 0);
  const orMore = (least: number, more: number): string | number =>
    more === 0 ? least : `${number(least)} to ${number(least + more)}`;
  const line = (label: string, of: keyof Totals, expected: string | number = 'any'): (string | number)[] => [
    label,
    ...each.map((totals) => totals[of]),
    all[of],
    expected,
  ];
  return table(
    [
      'count',
      ...shops.map(({ name, lastWords }) => name + (lastWords ? ', restarted' : '')),
      'together',
      'expected',
    ],
    [
      line('calls', 'calls', did('calls')),
      line('accepted', 'accepted', orMore(did('accepted'), did('either'))),
      line('duplicates', 'duplicates', orMore(did('duplicates'), did('either'))),
      line('suppressed by `when`', 'suppressed', did('suppressed')),
      line('rolled back by `hold()`', 'rolledBack', did('rolledBack')),
      line('rejected', 'rejected', 0),
      line('taken over from a dead process', 'takenOver'),
      line('delivered', 'delivered', all.accepted + all.takenOver),
      line('retried', 'retried'),
      line('pending', 'pending', 0),
      line('dead letters', 'dead', 0),
      line('dropped', 'dropped', 0),
    ],
  );
}

/** The process that was killed, what was taken over from it, and what its last moments leave uncertain. */
function killed(shops: readonly ClosedShop[], ledger: Ledger, { unsure }: Audit): string[] {
  const lanes = shops.flatMap(({ report }) => Object.values(report.stats.lanes));
  const sum = (of: 'recovered' | 'adopted'): number => lanes.reduce((total, lane) => total + lane[of], 0);
  return shops.flatMap(({ name, lastWords }) => {
    const dead = ledger.dead[0];
    if (!lastWords || !dead?.killed) return [];
    const { pending } = sumOf([lastWords.stats]);
    const { 'cut off': cutOff, unwritten } = unsure;
    const [recovered, adopted] = [sum('recovered'), sum('adopted')];
    const { unwrittenMs } = dead.killed;
    return [
      `${name} was killed with SIGKILL during the outage, and restarted. It had accepted ${count(dead.accepted, 'event')};`,
      `${number(pending)} of these were pending when it last reported. ${count(recovered + adopted, 'event was', 'events were')} taken over from its journal:`,
      `${number(recovered)} by the restarted process, ${number(adopted)} by the other shop.`,
      '',
      `Every event must arrive that ${name} had reported as committed (\`record()\`, \`durable\`), or had answered more than`,
      `${number(unwrittenMs)} ms before the kill. Newer events may not have been on disk: ${arrivedOf(unwritten)}. A request without`,
      `an answer may have recorded its event or not: ${arrivedOf(cutOff)}. The table counts both kinds where they arrived.`,
      '',
    ];
  });
}

function arrivedOf({ arrived, total }: Unsure): string {
  return `${number(arrived)} of ${number(total)} arrived`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** Events that were certainly on disk at the kill must have been taken over. */
function untaken(shops: readonly ClosedShop[]): string[] {
  const { takenOver } = sumOf(shops.map(({ report }) => report.stats));
  let least = 0;
  for (const { lastWords } of shops) {
    if (lastWords) least += sumOf([lastWords.stats]).pending - (lastWords.stats.journal?.uncommitted ?? 0);
  }
  return takenOver < least
    ? [
        `${count(takenOver, 'event was', 'events were')} taken over from the journal, expected at least ${number(least)}`,
      ]
    : [];
}

function reasonsOf({ stats }: Report): string {
  const reasons = Object.values(stats.lanes).flatMap(({ dropped }) => Object.entries(dropped));
  const said = reasons.filter(([, count]) => (count ?? 0) > 0).map(([reason]) => reason);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** Compares the counts of a shop with the ledger, and with each other. */
function disagreements({ name, url, report }: ClosedShop, ledger: Ledger): string[] {
  const has = sumOf([report.stats]);
  const did: ShopLedger = ledger.of(url);
  const found: string[] = [];
  const must = (what: string, got: number, wanted: number): void => {
    if (got !== wanted) found.push(`${name}: ${got} ${what}, expected ${wanted}`);
  };
  must('calls', has.calls, did.calls);
  // Each of `either` is one or the other.
  must('accepted', has.accepted, Math.min(Math.max(has.accepted, did.accepted), did.accepted + did.either));
  must('duplicates', has.duplicates, did.accepted + did.either + did.duplicates - has.accepted);
  must('suppressed', has.suppressed, did.suppressed);
  must('rolled back', has.rolledBack, did.rolledBack);
  must('rejected', has.rejected, 0);
  must('delivered', has.delivered, has.accepted + has.takenOver);
  must('pending', has.pending, 0);
  must('dead letters', has.dead, 0);
  must(`dropped${reasonsOf(report)}`, has.dropped, 0);
  const { accepted, rejected, duplicates, suppressed, rolledBack } = has;
  must('accounted for', accepted + rejected + duplicates + suppressed + rolledBack, has.calls);
  return found;
}
