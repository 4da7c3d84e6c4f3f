import type { Clock } from '../../../host/clock.js';

/** The longest delay to catch up: after an hour with a failing disk there must be no burst. */
const MAX_DEBT_MS = 1_000;

/** Limits a rate, without bursts. */
export class Pace {
  readonly #intervalMs: number;
  #nextAt: number;

  /** @param rate per second; absent: no limit */
  constructor(
    private readonly clock: Clock,
    rate: number | undefined,
  ) {
    this.#intervalMs = rate === undefined ? 0 : 1_000 / rate;
    this.#nextAt = clock.monotonic();
  }

  /** Milliseconds until the next one is due. */
  next(): number {
    if (this.#intervalMs === 0) return 0;
    const now = this.clock.monotonic();
    const at = Math.max(this.#nextAt, now - MAX_DEBT_MS);
    this.#nextAt = at + this.#intervalMs;
    return Math.max(0, at - now);
  }
}
