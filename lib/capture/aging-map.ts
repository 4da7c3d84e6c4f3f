/**
 * A map that gives up its oldest entry in constant time on average. A `Map` alone does not: its first key is found by walking
 * over all that were deleted in front of it, so that a full one costs the more the larger it is.
 *
 * Two generations: what comes is young, what goes is old. The old one gets no new entries, so that one walk through it, kept
 * from call to call, meets each of them once; when it is through, the young ones become the old.
 */
export class AgingMap<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #walk = this.#old.keys();

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** A key that is there already gets no younger. */
  set(key: string, value: V): void {
    (this.#old.has(key) ? this.#old : this.#young).set(key, value);
  }

  delete(key: string): void {
    if (!this.#young.delete(key)) this.#old.delete(key);
  }

  /** Takes out the oldest. @returns its key; undefined where there is none */
  takeOldest(): string | undefined {
    let step = this.#walk.next();
    if (step.done === true) {
      if (this.#young.size === 0) return undefined;
      this.#old = this.#young;
      this.#young = new Map();
      this.#walk = this.#old.keys();
      step = this.#walk.next();
    }
    if (step.done === true) return undefined;
    this.#old.delete(step.value);
    return step.value;
  }
}
