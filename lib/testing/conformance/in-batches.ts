import { limitsOf } from '../../destinations/destination.js';
import type { Destination } from '../../destinations/destination.js';
import type { LaneEvent } from '../../event/lane-event.js';

/** Events as a lane would cut them: no more than the batch may have, and one part only. */
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
