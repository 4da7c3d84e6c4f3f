/** A set of bounded size that keeps at least the newest half of `max`. Two generations make removal free. */
export class RecentSet {
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(private readonly max: number) {}

  /** Adds a text; false when it was there. */
  add(text: string): boolean {
    if (this.#young.has(text) || this.#old.has(text)) return false;
    if (this.#young.size >= this.max / 2) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(text);
    return true;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
