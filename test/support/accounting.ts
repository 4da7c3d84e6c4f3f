import { expect } from '@jest/globals';
import type { ReasonCounts } from '../../lib/event/reasons.js';
import type { JournalStats } from '../../lib/buffer/event-buffer.js';
import type { TrackingStats } from '../../lib/stats.js';

/** The sum of all reasons. */
export function total(counts: ReasonCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * Every call and every event ended in exactly one counted state: the identities that hold at any moment.
 *
 * @param notRouted by lane: accepted events whose call named other destinations
 */
export function expectAccounted(
  stats: TrackingStats,
  notRouted: Readonly<Record<string, number>> = {},
): void {
  const { called, accepted, duplicate, rejected, suppressed, held } = stats;
  expect({ called }).toEqual({ called: accepted + duplicate + total(rejected) + total(suppressed) + held });
  for (const [name, lane] of Object.entries(stats.lanes)) {
    const cameIn = lane.accepted + lane.recovered + lane.adopted + lane.replayed;
    const are = lane.delivered + lane.pending + lane.dead + total(lane.dropped) + lane.handedOver;
    expect({ lane: name, cameIn }).toEqual({ lane: name, cameIn: are });
    const led = lane.accepted + total(lane.declined) + (notRouted[name] ?? 0);
    expect({ lane: name, accepted }).toEqual({ lane: name, accepted: led });
    expect({ lane: name, negative: negatives(lane) }).toEqual({ lane: name, negative: [] });
  }
}

function negatives(lane: TrackingStats['lanes'][string]): string[] {
  return Object.entries(lane)
    .filter(([, value]) => typeof value === 'number' && !(value >= 0))
    .map(([name]) => name);
}

/** By destination, the pending events that a process says it cannot deliver; null where it has not counted them. */
export function strandedOf({ stranded }: Pick<JournalStats, 'stranded'>): Record<string, number | null> {
  const sums: Record<string, number | null> = {};
  for (const { destination, events } of stranded) {
    const known = sums[destination ?? ''];
    sums[destination ?? ''] = events === null || known === null ? null : events + (known ?? 0);
  }
  return sums;
}
