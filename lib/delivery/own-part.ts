import type { LaneEvent } from '../event/lane-event.js';

/** A destination's `partition` that never throws: an event whose part it cannot tell travels alone. */
export function ownPart(
  partition: ((event: LaneEvent) => string) | undefined,
): ((event: LaneEvent) => string) | undefined {
  return (
    partition &&
    ((held) => {
      try {
        return partition(held);
      } catch {
        return held.event.id;
      }
    })
  );
}
