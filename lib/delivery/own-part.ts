import type { HeldEvent } from '../event/lane-event.js';
import { disown } from '../host/disown.js';

/** A destination's `partition` that never throws: an event whose part it cannot tell travels alone. */
export function ownPart(
  partition: ((event: HeldEvent) => string) | undefined,
): ((event: HeldEvent) => string) | undefined {
  return (
    partition &&
    ((held) => {
      try {
        const part: unknown = partition(held);
        if (typeof part === 'string') return part;
        disown(part);
      } catch {
        // It is told as little as by what is no string.
      }
      return held.event.id;
    })
  );
}
