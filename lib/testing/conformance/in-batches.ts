import { limitsOf } from '../../destinations/destination.js';
import type { Destination } from '../../destinations/destination.js';
import type { LaneEvent } from '../../event/lane-event.js';

/** Batches as a lane cuts them: within the limits, one part each. */
export function inBatches(destination: Destination, held: readonly LaneEvent[]): LaneEvent[][] {
  const max = destination.batch?.maxEvents ?? limitsOf(destination).maxEvents;
  const parts = new Map<string, LaneEvent[]>();
  for (const each of held) {
    const part = partOf(destination, each);
    const events = parts.get(part) ?? [];
    parts.set(part, events);
    events.push(each);
  }
  return [...parts.values()].flatMap((events) => {
    const batches: LaneEvent[][] = [];
    for (let at = 0; at < events.length; at += max) batches.push(events.slice(at, at + max));
    return batches;
  });
}

function partOf(destination: Destination, held: LaneEvent): string {
  try {
    return destination.partition?.(held) ?? '';
  } catch {
    return held.event.id;
  }
}
