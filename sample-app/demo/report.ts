import type { Report } from '../src/observe/tracking-report.js';
import type { Audit } from './audit.js';
import type { Ledger, ShopLedger } from './ledger.js';
import { table } from './table.js';
import { sumOf, type Totals } from './totals.js';

/** One shop, as its process was at its end. */
export interface ClosedShop {
  readonly name: string;
  readonly url: string;
  readonly report: Report;
  /** What an earlier process of it said just before it was killed. */
  readonly lastWords?: Report;
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
    'What the processes of the shop say of themselves at their end, and what shoppers did to them:',
    '',
    accounting(shops, ledger),
    '',
    ...theKill(shops, ledger, audited),
    'What shoppers did, and what the collector counted (once for each person, name and second):',
    '',
    table(
      ['', 'done', 'counted', 'lost', 'doubled', '', 'raw requests', 'of these repeats'],
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
          '',
          total('received'),
          total('received') - total('counted'),
        ],
      ],
    ),
    '',
    ...[...ledger.crossed].map(
      ([name, times]) =>
        `  ${times} ${name} were submitted to more than one process: accepted and sent by each, counted once.`,
    ),
    '',
    ...problems.slice(0, SHOWN).map((problem) => `  ${problem}`),
    ...(problems.length > SHOWN ? [`  ... and ${problems.length - SHOWN} more`] : []),
    problems.length === 0
      ? `They agree: everything arrived, at the right person, in the right second. ${lost} lost, ${doubled} doubled.`
      : `They DO NOT agree: ${problems.length} differences, ${lost} lost, ${doubled} doubled.`,
  ].join('\n');
  return { text, agrees: problems.length === 0 && lost === 0 };
}

function accounting(shops: readonly ClosedShop[], ledger: Ledger): string {
  const each = shops.map((shop) => sumOf([shop.report.stats]));
  const all = sumOf(shops.map((shop) => shop.report.stats));
  const did = (of: Exclude<keyof ShopLedger, 'killed'>): number =>
    shops.reduce((sum, shop) => sum + ledger.of(shop.url)[of], 0);
  const orMore = (least: number, more: number): string | number =>
    more === 0 ? least : `${least} to ${least + more}`;
  const line = (label: string, of: keyof Totals, shoppers: string | number = ''): (string | number)[] => [
    label,
    ...each.map((totals) => totals[of]),
    all[of],
    shoppers,
  ];
  return table(
    [
      '',
      ...shops.map(({ name, lastWords }) => name + (lastWords ? ', restarted' : '')),
      'together',
      'expected',
    ],
    [
      line('calls', 'calls', did('calls')),
      line('accepted', 'accepted', orMore(did('accepted'), did('either'))),
      line('duplicates suppressed', 'duplicates', orMore(did('duplicates'), did('either'))),
      line('suppressed by `when`', 'suppressed', did('suppressed')),
      line('rolled back by `hold()`', 'rolledBack', did('rolledBack')),
      line('rejected', 'rejected', 0),
      line('from the journal of the dead', 'takenOver'),
      line('delivered', 'delivered', all.accepted + all.takenOver),
      line('retried', 'retried'),
      line('still waiting', 'pending', 0),
      line('dead letters', 'dead', 0),
      line('dropped', 'dropped', 0),
    ],
  );
}

/** What became of a process that was killed, and what cannot be known of its last moment. */
function theKill(shops: readonly ClosedShop[], ledger: Ledger, { unsure }: Audit): string[] {
  const lanes = shops.flatMap(({ report }) => Object.values(report.stats.lanes));
  const sum = (of: 'recovered' | 'adopted'): number => lanes.reduce((total, lane) => total + lane[of], 0);
  return shops.flatMap(({ name, lastWords }) => {
    const dead = ledger.dead[0];
    if (!lastWords || !dead?.killed) return [];
    const { pending } = sumOf([lastWords.stats]);
    const { 'cut off': cutOff, unwritten } = unsure;
    return [
      `${name} was killed with SIGKILL in the outage, and started again. Of the ${dead.accepted.toLocaleString('en')} events that it had accepted, ${pending}`,
      `were not delivered when it was last asked. On its journal ${sum('recovered') + sum('adopted')} were found: ${sum('recovered')} recovered by the new process,`,
      `${sum('adopted')} adopted by the one that lived on.`,
      '',
      'Sure to arrive is what it had called committed (record(), durable), and whatever else it had answered for more than',
      `${dead.killed.unwrittenMs} ms before. Of ${unwritten.total} events in those last ${dead.killed.unwrittenMs} ms, which may not have been on disk yet, ${unwritten.arrived} arrived. ${cutOff.total} requests`,
      `were cut off before anybody was told of their event; ${cutOff.arrived} of the events arrived. What did not arrive of these is neither`,
      'done nor lost, what did is done.',
      '',
    ];
  });
}

/** What was on disk for certain when a process was killed must have been found there. */
function untaken(shops: readonly ClosedShop[]): string[] {
  const { takenOver } = sumOf(shops.map(({ report }) => report.stats));
  let least = 0;
  for (const { lastWords } of shops) {
    if (lastWords) least += sumOf([lastWords.stats]).pending - (lastWords.stats.journal?.uncommitted ?? 0);
  }
  return takenOver < least
    ? [`${takenOver} events were found in the journal, expected at least ${least}`]
    : [];
}

function reasonsOf({ stats }: Report): string {
  const reasons = Object.values(stats.lanes).flatMap(({ dropped }) => Object.entries(dropped));
  const said = reasons.filter(([, count]) => (count ?? 0) > 0).map(([reason]) => reason);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** What a shop says of itself against the ledger, and against its own arithmetic. */
function disagreements({ name, url, report }: ClosedShop, ledger: Ledger): string[] {
  const said = sumOf([report.stats]);
  const did: ShopLedger = ledger.of(url);
  const found: string[] = [];
  const must = (what: string, got: number, wanted: number): void => {
    if (got !== wanted) found.push(`${name}: ${got} ${what}, expected ${wanted}`);
  };
  must('calls', said.calls, did.calls);
  // Each of `either` is one or the other.
  must('accepted', said.accepted, Math.min(Math.max(said.accepted, did.accepted), did.accepted + did.either));
  must('duplicates', said.duplicates, did.accepted + did.either + did.duplicates - said.accepted);
  must('suppressed', said.suppressed, did.suppressed);
  must('rolled back', said.rolledBack, did.rolledBack);
  must('rejected', said.rejected, 0);
  must('delivered', said.delivered, said.accepted + said.takenOver);
  must('still waiting', said.pending, 0);
  must('dead', said.dead, 0);
  must(`dropped${reasonsOf(report)}`, said.dropped, 0);
  const { accepted, rejected, duplicates, suppressed, rolledBack } = said;
  must('accounted for', accepted + rejected + duplicates + suppressed + rolledBack, said.calls);
  return found;
}
