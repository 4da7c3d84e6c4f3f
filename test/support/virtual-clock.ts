import type { Timer } from '../../lib/host/clock.js';
import { TestClock } from '../../lib/testing/test-clock.js';

interface KnownTimer {
  readonly delayMs: number;
  holds: boolean;
}

/**
 * The test kit's clock, while sockets are real: an outage of ten minutes takes as long as its requests do, and no busy
 * machine can change what happens in it. It also shows the timers that are set.
 */
export class VirtualClock extends TestClock {
  readonly #timers = new Set<KnownTimer>();

  /** @param epoch wall clock at the beginning */
  constructor(epoch = Date.UTC(2026, 10, 2, 9)) {
    super(epoch);
  }

  override after(delayMs: number, fn: () => void): Timer {
    const known: KnownTimer = { delayMs, holds: true };
    this.#timers.add(known);
    const timer = super.after(delayMs, () => {
      this.#timers.delete(known);
      fn();
    });
    return {
      cancel: () => {
        this.#timers.delete(known);
        timer.cancel();
      },
      hold: (holds) => void (known.holds = holds),
    };
  }

  /** Timers that are set; with `delayMs`: those with exactly this delay. */
  count(delayMs?: number): number {
    if (delayMs === undefined) return this.#timers.size;
    let count = 0;
    // The last part of a deadline is a difference of times, whose fractions are not exact.
    for (const timer of this.#timers) if (Math.abs(timer.delayMs - delayMs) < 1e-6) count++;
    return count;
  }

  /** Timers that would keep the process alive. */
  get holding(): number {
    return [...this.#timers].filter(({ holds }) => holds).length;
  }
}
