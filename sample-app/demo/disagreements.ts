import type { Report } from '../src/observe/tracking-report.js';
import type { Ledger } from './ledger.js';
import { shopSays, tooFewTakenOver } from './report.messages.js';
import { OUTAGE, PLATFORMS } from './settings.js';
import { doorTotals, laneTotals } from './totals.js';

/** One shop, with the last report of its process. */
export interface ClosedShop {
  readonly name: string;
  readonly url: string;
  readonly report: Report;
  /** The report of its earlier process just before the kill. */
  readonly lastWords?: Report;
}

/** Compares the final `stats()` of each shop with the ledger, and with each other. One sentence for each difference. */
export function disagreements(shops: readonly ClosedShop[], ledger: Ledger): string[] {
  return [...shops.flatMap((shop) => [...door(shop, ledger), ...lanes(shop)]), ...untaken(shops)];
}

function door({ name, url, report: { stats } }: ClosedShop, ledger: Ledger): string[] {
  const has = doorTotals([stats]);
  const did = ledger.of(url);
  const { accepted, rejected, duplicates, suppressed, rolledBack } = has;
  return differences(name, [
    ['calls', has.calls, did.calls],
    // Each of `either` is one or the other.
    ['accepted', accepted, Math.min(Math.max(accepted, did.accepted), did.accepted + did.either)],
    ['duplicates', duplicates, did.accepted + did.either + did.duplicates - accepted],
    ['suppressed', suppressed, did.suppressed],
    ['rolled back', rolledBack, did.rolledBack],
    ['rejected', rejected, 0],
    ['accounted for', accepted + rejected + duplicates + suppressed + rolledBack, has.calls],
  ]);
}

function lanes({ name, report: { stats } }: ClosedShop): string[] {
  return PLATFORMS.flatMap((platform) => {
    const has = laneTotals([stats], platform);
    return differences(`${name}, ${platform}`, [
      ['delivered', has.delivered, has.accepted + has.takenOver],
      ['pending', has.pending, 0],
      ['dead letters', has.dead, 0],
      ['dropped', has.dropped, 0],
      ['declined', has.declined, 0],
    ]);
  });
}

function differences(who: string, counts: readonly (readonly [string, number, number])[]): string[] {
  return counts.flatMap(([what, got, wanted]) => (got === wanted ? [] : shopSays(who, what, got, wanted)));
}

/** Events for the platform that was down at the kill were pending: those on disk must have been taken over. */
function untaken(shops: readonly ClosedShop[]): string[] {
  const { platform } = OUTAGE;
  const { takenOver } = laneTotals(
    shops.map(({ report }) => report.stats),
    platform,
  );
  let least = 0;
  for (const { lastWords } of shops) {
    if (!lastWords) continue;
    const { pending } = laneTotals([lastWords.stats], platform);
    least += Math.max(0, pending - (lastWords.stats.journal?.uncommitted ?? 0));
  }
  return takenOver < least ? [tooFewTakenOver(platform, takenOver, least)] : [];
}
