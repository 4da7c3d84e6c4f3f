import type { TrackingStats } from '../observe/stats.js';
import type { Parts } from './assemble.js';

/** @param now monotonic time in milliseconds */
export function trackingStats({ door, delivery, buffer, notices, plan }: Parts, now: number): TrackingStats {
  const lanes: TrackingStats['lanes'] = {};
  for (const lane of delivery.lanes) {
    const { oldestSince: since, ...state } = lane.state;
    lanes[lane.name] = {
      ...buffer.ledger(lane.name),
      declined: door.intake.declined(lane.name),
      ...state,
      oldestPendingMs: since === undefined ? null : Math.max(0, Math.round(now - since)),
    };
  }
  return {
    ...door.stats(),
    lanes,
    notices: notices.all(),
    journal: buffer.journal?.() ?? null,
    plan: plan?.stats() ?? null,
  };
}
