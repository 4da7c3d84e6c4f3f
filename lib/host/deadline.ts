import type { Clock, Timer } from './clock.js';

/** A longer total delay of the timers means that the event loop was blocked, or the process was suspended. */
const BLOCKED_MS = 50;
/** The number of timers that measure the time, because the loop may be free again just before the end. */
export const PARTS = 4;

/**
 * A deadline for a socket or a disk that does not count a blocked event loop as a slow platform. Timers run before I/O, so I/O
 * that is ready is read first; a deadline during which the loop was blocked is extended once.
 *
 * @param graceMs length of the extension in milliseconds; 0: none
 */
export function deadline(clock: Clock, delayMs: number, fn: () => void, graceMs = delayMs): Timer {
  const end = clock.monotonic() + delayMs;
  let blockedMs = 0;
  let cancelled = false;
  let holds = true;
  let timer: Timer;
  const after = (ms: number, next: () => void): void => {
    timer = clock.after(ms, next);
    timer.hold(holds);
  };
  const part = (): void => {
    const begun = clock.monotonic();
    const ms = Math.min(delayMs / PARTS, end - begun);
    after(ms, () => {
      const now = clock.monotonic();
      blockedMs += now - begun - ms;
      if (now < end) part();
      else if (graceMs > 0 && blockedMs > BLOCKED_MS) after(graceMs, afterIo);
      else afterIo();
    });
  };
  const afterIo = (): void =>
    clock.soon(() =>
      clock.soon(() => {
        if (!cancelled) fn();
      }),
    );
  part();
  return {
    cancel: () => {
      cancelled = true;
      timer.cancel();
    },
    hold: (value) => {
      holds = value;
      timer.hold(value);
    },
  };
}

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
