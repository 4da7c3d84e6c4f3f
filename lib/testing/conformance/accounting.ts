import type { ReasonCounts } from '../../event/reasons.js';
import type { TrackingStats } from '../../stats.js';
import { conformanceMessages } from './conformance.messages.js';

/** Every call and every event ended in exactly one counted state. */
export function checkAccounting(stats: TrackingStats): void {
  const { called, accepted, duplicate, rejected, suppressed, held } = stats;
  const ended = accepted + duplicate + total(rejected) + total(suppressed) + held;
  if (called !== ended) throw new Error(conformanceMessages.callsDoNotAddUp(called, ended));
  for (const lane of Object.values(stats.lanes)) {
    const came = lane.accepted + lane.recovered + lane.adopted + lane.replayed;
    const are = lane.delivered + lane.pending + lane.dead + total(lane.dropped) + lane.handedOver;
    if (came !== are) throw new Error(conformanceMessages.eventsDoNotAddUp(came, are));
  }
}

function total(counts: ReasonCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
