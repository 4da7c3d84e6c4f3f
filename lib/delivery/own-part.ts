import type { HeldEvent } from '../event/lane-event.js';
import { disown } from '../host/disown.js';
import { guarded } from '../host/guarded.js';

/** A destination's `partition` that never throws: an event without a part is sent alone. */
export function ownPart(
  partition: ((event: HeldEvent) => string) | undefined,
): ((event: HeldEvent) => string) | undefined {
  return (
    partition &&
    ((held) => {
      const part: unknown = guarded(() => partition(held));
      if (typeof part === 'string') return part;
      disown(part);
      return held.event.id;
    })
  );
}
