/** Who waits for a lane to be done with what it had accepted by then. */
export class LaneFlushes {
  /** Events before this position are sent without waiting for company. */
  upTo = 0;
  #waiting: { readonly position: number; readonly done: () => void }[] = [];

  get any(): boolean {
    return this.#waiting.length > 0;
  }

  add(position: number, done: () => void): void {
    this.upTo = position;
    this.#waiting.push({ position, done });
  }

  /** Ends those whose events all come before `first`, the first position that is worth waiting for. */
  endUpTo(first: number): void {
    const ended = this.#waiting.filter(({ position }) => position <= first);
    if (ended.length === 0) return;
    this.#waiting = this.#waiting.filter(({ position }) => position > first);
    for (const { done } of ended) done();
  }
}
