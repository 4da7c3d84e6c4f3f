const FAILURES_TO_FAIL = 3;

/**
 * How many attempts of one lane may be under way. A failure halves them, at most once per round trip, because all that were
 * under way together tell the same story. Three failures in a row, or one 429, and the lane is failing: one attempt at a
 * time. A success adds one; after an outage it doubles until the bound is reached again.
 */
export class AttemptWindow {
  #limit: number;
  #failing = false;
  #failuresInRow = 0;
  /** Failed round trips since the last success. */
  #rounds = 0;
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

  /** Failed rounds of a failing lane, which its pauses grow with; 0 while it does not fail. */
  get failedRounds(): number {
    return this.#failing ? Math.max(1, this.#rounds) : 0;
  }

  get failing(): boolean {
    return this.#failing;
  }

  /** Begins an attempt; its mark is handed back when it fails. */
  start(): number {
    return ++this.#started;
  }

  succeeded(): void {
    this.#failuresInRow = 0;
    this.#rounds = 0;
    this.#recovering ||= this.#failing;
    this.#failing = false;
    this.#limit = Math.min(this.max, this.#recovering ? this.#limit * 2 : this.#limit + 1);
    if (this.#limit === this.max) this.#recovering = false;
  }

  failed(mark: number, throttled: boolean): void {
    this.#failuresInRow++;
    const news = mark > this.#loweredAt;
    if (news) this.#rounds++;
    const begins = !this.#failing && (throttled || this.#failuresInRow >= FAILURES_TO_FAIL);
    if (begins) this.#failing = true;
    if (!begins && !news) return;
    this.#limit = this.#failing ? 1 : Math.max(1, Math.floor(this.#limit / 2));
    this.#loweredAt = this.#started;
  }
}
