import type { Clock, Timer } from './clock.js';

/** A timer that is later than this was delayed by a blocked event loop. */
const BLOCKED_MS = 50;

/**
 * A deadline for a socket or a disk that does not count a blocked event loop as a slow platform. Timers run before I/O, so I/O
 * that is ready is read first; a deadline that passed while the loop was blocked is extended once.
 *
 * @param graceMs length of the extension in milliseconds; 0: none
 */
export function deadline(clock: Clock, delayMs: number, fn: () => void, graceMs = delayMs): Timer {
  const due = clock.monotonic() + delayMs;
  let cancelled = false;
  let timer = clock.after(delayMs, () => {
    if (graceMs > 0 && clock.monotonic() - due > BLOCKED_MS) timer = clock.after(graceMs, afterIo);
    else afterIo();
  });
  const afterIo = (): void =>
    clock.soon(() =>
      clock.soon(() => {
        if (!cancelled) fn();
      }),
    );
  return {
    cancel: () => {
      cancelled = true;
      timer.cancel();
    },
    hold: (holds) => timer.hold(holds),
  };
}
