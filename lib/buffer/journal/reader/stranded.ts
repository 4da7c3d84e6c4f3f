import type { StrandedEvents, StrandedReason } from '../../../event/stranded.js';
import { accountLabel, isSameAccount, strandedReason } from '../ownership/accounts.js';
import type { FolderView } from './folder-view.js';
import type { FolderCounts } from './overview.js';

/** Pending events that no running application delivers. `not_running`: none runs on the directory at all. */
export interface StrandedRow extends Omit<StrandedEvents, 'reason'> {
  readonly reason: StrandedReason | 'not_running';
}

/** Pending events that are not delivered, per folder and lane, with the reason. */
export function strandedRows(folders: readonly FolderCounts[]): StrandedRow[] {
  const running = folders
    .map(({ folder }) => folder)
    .filter(({ condition, owner, origin }) => condition === 'alive' && owner === origin);
  return folders.flatMap(({ folder, pending }) =>
    [...pending].flatMap(([lane, { events }]): StrandedRow[] => {
      const reason = reasonOf(folder, lane, running);
      if (reason === undefined) return [];
      const account = folder.lanes[lane];
      return [
        {
          folder: `${folder.group}/${folder.origin}`,
          destination: folder.names.strangers.get(lane)?.destination ?? lane,
          account: account === undefined ? null : accountLabel(account),
          reason,
          events,
        },
      ];
    }),
  );
}

function reasonOf(
  folder: FolderView,
  lane: string,
  running: readonly FolderView[],
): StrandedRow['reason'] | undefined {
  const { condition, lanes, names, ownerFile } = folder;
  // Without a heartbeat no process delivers it, whether its owner is dead or hangs.
  if (condition === 'alive') return names.strangers.get(lane)?.reason;
  if (running.length === 0) return 'not_running';
  if (ownerFile === 'newer') return 'other_version';
  const account = lanes[lane];
  if (account === undefined) return 'unreadable';
  const isSent = (name: string): boolean =>
    running.some((other) => Object.values(other.lanes).some((own) => isSameAccount(own, lanes[name]!)));
  // Its owner died just now; another process will adopt it.
  if (isSent(lane)) return undefined;
  const isOurs = Object.keys(lanes).some(isSent);
  const reasons = running.map((other) => strandedReason(lane, other.lanes, isOurs));
  return reasons.includes('account_changed') ? 'account_changed' : reasons[0];
}
