import type { Clock } from '../../../host/clock.js';

/** A pause that is made up for afterwards: nobody wants a burst after an hour in which the disk took nothing. */
const MAX_DEBT_MS = 1_000;

/** So many a second, and no burst. */
export class Pace {
  readonly #intervalMs: number;
  #nextAt: number;

  /** @param rate a second; absent: no limit */
  constructor(
    private readonly clock: Clock,
    rate: number | undefined,
  ) {
    this.#intervalMs = rate === undefined ? 0 : 1_000 / rate;
    this.#nextAt = clock.monotonic();
  }

  /** Takes the next place, and says how long until it is due. */
  next(): number {
    if (this.#intervalMs === 0) return 0;
    const now = this.clock.monotonic();
    const at = Math.max(this.#nextAt, now - MAX_DEBT_MS);
    this.#nextAt = at + this.#intervalMs;
    return Math.max(0, at - now);
  }
}
