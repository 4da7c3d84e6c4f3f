import type { PlatformAudit } from './audit.js';
import type { ClosedShop } from './disagreements.js';
import type { Ledger, ShopLedger } from './ledger.js';
import { accountsOfShops, eventsAt } from './report.messages.js';
import { table } from './table.js';
import { doorTotals, type DoorTotals, type LaneTotals, laneTotals } from './totals.js';

/** The tables behind the verdict: the calls of each shop, then the events of each platform by name. */
export function details(
  shops: readonly ClosedShop[],
  ledger: Ledger,
  audits: readonly PlatformAudit[],
): string[] {
  return [
    accountsOfShops,
    '',
    accounting(shops, ledger),
    ...audits.flatMap(({ platform, title, rows }) => [
      '',
      eventsAt(title),
      '',
      table(
        ['event', 'done', 'arrived', 'lost', 'counted twice', 'repeats'],
        rows.map(({ name, done, arrived, doubled, repeats }) => [
          name,
          done,
          arrived,
          done - arrived,
          doubled,
          repeats,
        ]),
      ),
      '',
      lanes(shops, platform),
    ]),
  ];
}

function accounting(shops: readonly ClosedShop[], ledger: Ledger): string {
  const did = (of: Exclude<keyof ShopLedger, 'killed'>): number =>
    shops.reduce((sum, shop) => sum + ledger.of(shop.url)[of], 0);
  const orMore = (least: number): string | number =>
    did('either') === 0
      ? least
      : `${least.toLocaleString('en')} to ${(least + did('either')).toLocaleString('en')}`;
  const line = (label: string, of: keyof DoorTotals, expected: string | number): (string | number)[] => [
    label,
    ...shops.map(({ report }) => doorTotals([report.stats])[of]),
    expected,
  ];
  return table(
    ['calls', ...namesOf(shops), 'expected together'],
    [
      line('calls', 'calls', did('calls')),
      line('accepted', 'accepted', orMore(did('accepted'))),
      line('duplicates', 'duplicates', orMore(did('duplicates'))),
      line('suppressed by `when`', 'suppressed', did('suppressed')),
      line('rolled back by `hold()`', 'rolledBack', did('rolledBack')),
      line('rejected', 'rejected', 0),
    ],
  );
}

function lanes(shops: readonly ClosedShop[], platform: string): string {
  const line = (label: string, of: keyof LaneTotals): (string | number)[] => [
    label,
    ...shops.map(({ report }) => laneTotals([report.stats], platform)[of]),
  ];
  return table(
    ['its lane', ...namesOf(shops)],
    [
      line('accepted', 'accepted'),
      line('taken over from a dead process', 'takenOver'),
      line('delivered', 'delivered'),
      line('pending', 'pending'),
      line('dead letters', 'dead'),
      line('dropped', 'dropped'),
      line('declined', 'declined'),
    ],
  );
}

function namesOf(shops: readonly ClosedShop[]): string[] {
  return shops.map(({ name, lastWords }) => name + (lastWords ? ', restarted' : ''));
}
