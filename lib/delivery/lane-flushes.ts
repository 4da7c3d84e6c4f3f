/** Who waits for a lane to be done with what it had accepted by then. */
export class LaneFlushes {
  /** Events before this position are sent without waiting for company. */
  upTo = 0;
  #waiting: { readonly position: number; readonly done: () => void }[] = [];

  /** How many wait. */
  get count(): number {
    return this.#waiting.length;
  }

  /** Returns what ends the waiting without a word to `done`. */
  add(position: number, done: () => void): () => void {
    this.upTo = position;
    const added = { position, done };
    this.#waiting.push(added);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== added);
    };
  }

  /** Ends those whose events all come before `first`, the first position that is worth waiting for. */
  endUpTo(first: number): void {
    const ended = this.#waiting.filter(({ position }) => position <= first);
    if (ended.length === 0) return;
    this.#waiting = this.#waiting.filter(({ position }) => position > first);
    for (const { done } of ended) done();
  }
}
