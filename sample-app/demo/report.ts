import type { AuditRow, PlatformAudit } from './audit.js';
import { type ClosedShop, disagreements } from './disagreements.js';
import { details } from './details.js';
import { ALIASES } from './happening.js';
import type { Ledger } from './ledger.js';
import * as say from './report.messages.js';
import { OUTAGE } from './settings.js';
import { count, table } from './table.js';
import { laneTotals } from './totals.js';

/** The results of a run. */
export interface Run {
  readonly shops: readonly ClosedShop[];
  readonly ledger: Ledger;
  readonly audits: readonly PlatformAudit[];
  /** When the outage began, epoch milliseconds. */
  readonly outageAt: number;
  /** One sentence for each unexpected answer. */
  readonly surprises: readonly string[];
}

export interface Verdict {
  readonly text: string;
  readonly agrees: boolean;
}

const SHOWN = 10;

/** The table at the end, the verdict, and a sentence for each surprise; details where accounts differ or `withDetails`. */
export function verdict(run: Run, withDetails = false): Verdict {
  const { shops, ledger, audits, surprises } = run;
  const stats = shops.map(({ report }) => report.stats);
  const problems = [
    ...surprises,
    ...audits.flatMap((each) => each.problems),
    ...disagreements(shops, ledger),
  ];
  const sums = audits.map((each) => sumOf(each.rows));
  const lost = sums.reduce((sum, { done, arrived }) => sum + done - arrived, 0);
  const doubled = sums.reduce((sum, each) => sum + each.doubled, 0);
  const agrees = problems.length === 0 && lost === 0 && doubled === 0;

  const summary = table(
    ['platform', 'done by shoppers', 'arrived', 'lost', 'counted twice', 'repeats', 'dead'],
    audits.map(({ platform, title }, at) => {
      const { done, arrived, doubled: twice, repeats } = sums[at]!;
      return [title, done, arrived, done - arrived, twice, repeats, laneTotals(stats, platform).dead];
    }),
  );
  const lines = [
    '',
    summary,
    '',
    agrees ? say.agreed : say.disagreed(lost, doubled, problems.length),
    '',
    ...problems.slice(0, SHOWN).map((problem) => say.item(problem)),
    ...(problems.length > SHOWN
      ? [say.item(`... and ${count(problems.length - SHOWN, 'more', 'more')}`)]
      : []),
    ...(problems.length > 0 ? [''] : []),
    ...explanations(run).map((sentence) => say.item(sentence)),
    ...(withDetails || !agrees ? ['', ...details(shops, ledger, audits)] : ['', say.moreDetails]),
  ];
  return { text: lines.join('\n'), agrees };
}

/** Explains the numbers in the table that need it. */
function explanations({ shops, ledger, audits, outageAt }: Run): string[] {
  const titles = new Map(audits.map(({ platform, title }) => [platform, title]));
  const stats = shops.map(({ report }) => report.stats);
  const sentences = audits.flatMap(({ platform, title }) => {
    const { pending } = laneTotals(stats, platform);
    return pending > 0 ? [say.stillPending(title, pending)] : [];
  });

  const { delays } = audits.find(({ platform }) => platform === OUTAGE.other)!;
  const halfOf = (from: number, until: number): [number, number] => {
    const wanted = delays.filter(({ answered }) => answered >= from && answered < until);
    const half = wanted.map(({ ms }) => ms).sort((a, b) => a - b)[wanted.length >> 1] ?? 0;
    // An event may arrive before the shopper has the answer.
    return [wanted.length, Math.max(0, half)];
  };
  const [before, beforeMs] = halfOf(0, outageAt);
  // Until the kill, which delays the events of the killed shop at every platform.
  const until = Math.min(outageAt + OUTAGE.seconds * 1_000, ledger.dead[0]?.killed?.at ?? Infinity);
  const [meanwhile, meanwhileMs] = halfOf(outageAt, until);
  if (before > 0 && meanwhile > 0) {
    const { platform, other, seconds } = OUTAGE;
    sentences.push(
      say.continued(titles.get(platform)!, seconds, titles.get(other)!, meanwhile, meanwhileMs, beforeMs),
    );
  }

  for (const { name, lastWords } of shops) {
    const dead = ledger.dead[0]?.killed;
    if (!lastWords || !dead) continue;
    const lanes = shops.flatMap(({ report }) => Object.values(report.stats.lanes));
    const sum = (of: 'recovered' | 'adopted'): number => lanes.reduce((total, lane) => total + lane[of], 0);
    sentences.push(say.killed(name, laneTotals([lastWords.stats]).pending, sum('recovered'), sum('adopted')));
    const uncertain = audits.map(({ title, unsure }) => ({ title, ...unsure }));
    if (uncertain.some(({ unwritten }) => unwritten.total > 0)) {
      sentences.push(say.unwritten(dead.at - dead.writtenUntil, uncertain));
    }
    if (uncertain.some((each) => each['cut off'].total > 0)) sentences.push(say.cutOff(uncertain));
  }

  const aliases = audits.flatMap(({ rows }) => rows).find(({ name }) => name === ALIASES)?.arrived ?? 0;
  if (aliases > 0) sentences.push(say.onlyAliases(titles.get('kissmetrics')!, aliases));
  const twice = [...ledger.crossed.values()].reduce((total, times) => total + times, 0);
  if (audits.some(({ rows }) => sumOf(rows).repeats > 0)) sentences.push(say.repeated(twice));
  return sentences;
}

function sumOf(rows: readonly AuditRow[]): Omit<AuditRow, 'name'> {
  const sum = (of: keyof Omit<AuditRow, 'name'>): number => rows.reduce((total, row) => total + row[of], 0);
  return { done: sum('done'), arrived: sum('arrived'), doubled: sum('doubled'), repeats: sum('repeats') };
}
