import { deadline } from './deadline.js';
import type { Clock } from './clock.js';

/** Whether a promise, which must never reject, is fulfilled within some milliseconds. Leaves no timer behind. */
export function within(
  clock: Clock,
  ms: number,
  promise: Promise<unknown>,
  graceMs?: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = deadline(clock, ms, () => resolve(false), graceMs);
    void promise.then(() => {
      timer.cancel();
      resolve(true);
    });
  });
}
