import type { TrackingStats } from 'nestjs-tracking';

/** The counts of one or more processes, summed over their destinations. */
export interface Totals {
  calls: number;
  accepted: number;
  duplicates: number;
  /** Suppressed by `when`. */
  suppressed: number;
  /** Held by `hold()` for an operation that failed. */
  rolledBack: number;
  rejected: number;
  /** Taken over from the journal of a process that died. */
  takenOver: number;
  delivered: number;
  retried: number;
  /** Neither delivered nor given up: in this process, or left in the journal when it exited. */
  pending: number;
  dead: number;
  /** Accepted, and neither delivered nor pending nor a dead letter. */
  dropped: number;
}

export function sumOf(stats: readonly TrackingStats[]): Totals {
  const totals: Totals = {
    calls: 0,
    accepted: 0,
    duplicates: 0,
    suppressed: 0,
    rolledBack: 0,
    rejected: 0,
    takenOver: 0,
    delivered: 0,
    retried: 0,
    pending: 0,
    dead: 0,
    dropped: 0,
  };
  for (const each of stats) {
    totals.calls += each.called;
    totals.accepted += each.accepted;
    totals.duplicates += each.duplicate;
    const rolledBack = each.suppressed.rolled_back ?? 0;
    totals.suppressed += sum(each.suppressed) - rolledBack;
    totals.rolledBack += rolledBack;
    totals.rejected += sum(each.rejected);
    for (const lane of Object.values(each.lanes)) {
      totals.takenOver += lane.recovered + lane.adopted;
      totals.delivered += lane.delivered;
      totals.retried += lane.retries;
      totals.pending += lane.pending + lane.handedOver;
      totals.dead += lane.dead;
      totals.dropped += sum(lane.dropped);
    }
  }
  return totals;
}

function sum(counts: Partial<Record<string, number>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
