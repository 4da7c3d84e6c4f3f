/** Callers that wait until a lane has settled the events that it had accepted before. */
export class LaneFlushes {
  /** Events before this position are sent even if they do not fill a batch. */
  upTo = 0;
  #waiting: { readonly position: number; readonly done: () => void }[] = [];

  /** Callers that wait. */
  get count(): number {
    return this.#waiting.length;
  }

  /** @returns cancels it without a call of `done` */
  add(position: number, done: () => void): () => void {
    this.upTo = position;
    const added = { position, done };
    this.#waiting.push(added);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== added);
    };
  }

  /** Ends those whose events all come before `first`, the first position that a flush has to wait for. */
  endUpTo(first: number): void {
    const ended = this.#waiting.filter(({ position }) => position <= first);
    if (ended.length === 0) return;
    this.#waiting = this.#waiting.filter(({ position }) => position > first);
    for (const { done } of ended) done();
  }
}
