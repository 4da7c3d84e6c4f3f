const FAILURES_TO_FAIL = 3;

/** The part of the limit that remains after a failure: a lane still grows if every second request fails. */
const KEPT = 3 / 4;

/**
 * Limits the parallel attempts of one lane. A failure lowers the limit by a quarter, at most once per round trip, because
 * attempts that are in flight together fail for the same reason. After three failures in a row, or one that asks for a pause, the lane
 * is failing: one attempt at a time. A success adds one. After an outage the limit starts at its earlier value, halved for each
 * failed round, and doubles until it reaches the bound.
 */
export class AttemptLimit {
  /** May be a fraction: otherwise a small limit would never grow again. */
  #size: number;
  #failing = false;
  #failuresInRow = 0;
  /** Failed round trips since the last success. */
  #rounds = 0;
  #recovering = false;
  #sizeBefore = 1;
  #started = 0;
  /** The newest attempt when the limit was last lowered; failures of it and of older ones do not lower it again. */
  #loweredAt = 0;

  constructor(private readonly max: number) {
    this.#size = max;
  }

  /** Attempts that may be in flight now. */
  get limit(): number {
    return this.#failing ? 1 : Math.round(this.#size);
  }

  /** Failed rounds of a failing lane, which its pauses grow with; 0 while it does not fail. */
  get failedRounds(): number {
    return this.#failing ? Math.max(1, this.#rounds) : 0;
  }

  get failing(): boolean {
    return this.#failing;
  }

  /** Attempts that were begun so far. */
  get begun(): number {
    return this.#started;
  }

  /** Begins an attempt. @returns its number, for {@link failed} */
  start(): number {
    return ++this.#started;
  }

  succeeded(): void {
    if (this.#failing) {
      this.#recovering = true;
      this.#size = Math.max(1, this.#sizeBefore / 2 ** (this.#rounds / 2));
    }
    this.#failuresInRow = 0;
    this.#rounds = 0;
    this.#failing = false;
    this.#size = Math.min(this.max, this.#recovering ? this.#size * 2 : this.#size + 1);
    if (this.#size === this.max) this.#recovering = false;
  }

  /** @param asksForPause whether the answer had `Retry-After`: then only one attempt at a time is made */
  failed(attempt: number, asksForPause: boolean): void {
    this.#failuresInRow++;
    const isNews = attempt > this.#loweredAt;
    if (isNews) {
      this.#rounds++;
      this.#loweredAt = this.#started;
      if (!this.#failing) this.#size = Math.max(1, this.#size * KEPT);
    }
    if (this.#failing || (!asksForPause && this.#failuresInRow < FAILURES_TO_FAIL)) return;
    this.#failing = true;
    this.#loweredAt = this.#started;
    this.#sizeBefore = asksForPause ? 1 : this.#size;
  }
}
