import type { Batch } from './batch.js';

/** Batches that were tried and wait for their time, in the order in which they are due. */
export class WaitingBatches {
  readonly #batches: Batch[] = [];

  get count(): number {
    return this.#batches.length;
  }

  [Symbol.iterator](): Iterator<Batch> {
    return this.#batches.values();
  }

  /** Puts a batch behind all that are due no later. It is never due before the time that the platform asked for. */
  add(batch: Batch): void {
    batch.dueAt = Math.max(batch.dueAt, batch.notBefore);
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#batches[middle]!.dueAt <= batch.dueAt) low = middle + 1;
      else high = middle;
    }
    this.#batches.splice(low, 0, batch);
  }

  /** Puts batches before all others, due at once, in their order. */
  addNext(batches: readonly Batch[]): void {
    for (const batch of batches) batch.dueAt = batch.notBefore;
    this.#batches.unshift(...batches);
  }

  /** When the first one is due; undefined when none waits. */
  get nextDueAt(): number | undefined {
    return this.#batches[0]?.dueAt;
  }

  /** Takes the first one that is due. */
  take(now: number): Batch | undefined {
    return this.#batches.length > 0 && this.#batches[0]!.dueAt <= now ? this.#batches.shift() : undefined;
  }

  remove(batch: Batch): void {
    const at = this.#batches.indexOf(batch);
    if (at !== -1) this.#batches.splice(at, 1);
  }

  /** Makes those that `which` holds for due at `time`, or as soon as the platform allows; the others keep theirs. */
  makeDue(time: number, which: (batch: Batch) => boolean = () => true): void {
    for (const batch of this.#batches) {
      if (batch.dueAt > time && which(batch)) batch.dueAt = Math.max(time, batch.notBefore);
    }
    this.#batches.sort((a, b) => a.dueAt - b.dueAt);
  }

  takeAll(): Batch[] {
    return this.#batches.splice(0);
  }
}
