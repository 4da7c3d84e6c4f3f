import type { Clock, Timer } from './clock.js';

/** A timer that is late by more than this was held up by a blocked event loop. */
const BLOCKED_MS = 50;

/**
 * A timer that ends what waits for a socket or a disk. A blocked event loop is not taken for a slow platform: I/O that is ready
 * has its turn first, because timers come before it, and a deadline that passed within the blocking is set anew, once.
 *
 * @param graceMs how long the second one is; 0: none
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
