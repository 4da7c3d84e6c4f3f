const FAILURES_TO_FAIL = 3;

/**
 * How many attempts of one lane may be under way. A failure halves them, at most once per round trip, because all that were
 * under way together tell the same story. Three failures in a row, or one 429, and the lane is failing: one attempt at a
 * time. A success adds one; after an outage it doubles until the bound is reached again.
 */
export class AttemptWindow {
  #limit: number;
  #failuresInRow = 0;
  /** Failed rounds since the lane began to fail; 0 while it does not. */
  #failedRounds = 0;
  #recovering = false;
  #started = 0;
  /** The newest attempt when the limit was last lowered; failures of it and older ones are old news. */
  #loweredAt = 0;

  constructor(private readonly max: number) {
    this.#limit = max;
  }

  /** Attempts that may be under way now. */
  get limit(): number {
    return this.#limit;
  }

  /** Failed rounds since the lane began to fail, which its pauses grow with; 0 while it does not fail. */
  get failedRounds(): number {
    return this.#failedRounds;
  }

  get failing(): boolean {
    return this.#failedRounds > 0;
  }

  /** Begins an attempt; its mark is handed back when it fails. */
  start(): number {
    return ++this.#started;
  }

  succeeded(): void {
    this.#failuresInRow = 0;
    if (this.failing) {
      this.#failedRounds = 0;
      this.#recovering = true;
    }
    this.#limit = Math.min(this.max, this.#recovering ? this.#limit * 2 : this.#limit + 1);
    if (this.#limit === this.max) this.#recovering = false;
  }

  failed(mark: number, throttled: boolean): void {
    this.#failuresInRow++;
    const news = mark > this.#loweredAt;
    if (this.failing) {
      if (news) this.#lower(1, this.#failedRounds + 1);
    } else if (throttled || this.#failuresInRow >= FAILURES_TO_FAIL) {
      this.#lower(1, 1);
    } else if (news) {
      this.#lower(Math.max(1, Math.floor(this.#limit / 2)), 0);
    }
  }

  #lower(limit: number, failedRounds: number): void {
    this.#limit = limit;
    this.#failedRounds = failedRounds;
    this.#loweredAt = this.#started;
  }
}
