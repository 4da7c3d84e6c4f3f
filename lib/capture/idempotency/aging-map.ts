/**
 * A map that removes its oldest entry in constant time on average. A `Map` alone walks over all deleted keys to find its first
 * one. So new entries go into one generation, and one walk removes those of the older generation.
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

  /** The age of a known key does not change. */
  set(key: string, value: V): void {
    (this.#old.has(key) ? this.#old : this.#young).set(key, value);
  }

  delete(key: string): void {
    if (!this.#young.delete(key)) this.#old.delete(key);
  }

  /** Removes the oldest. @returns its key, if there was one */
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
