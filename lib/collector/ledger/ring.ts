/** The newest items, up to `capacity`. */
export class Ring<T> {
  readonly #items: T[] = [];
  #start = 0;

  constructor(readonly capacity: number) {}

  push(item: T): void {
    if (this.#items.length < this.capacity) {
      this.#items.push(item);
      return;
    }
    this.#items[this.#start] = item;
    this.#start = (this.#start + 1) % this.capacity;
  }

  /** Newest first. */
  *newest(): Generator<T> {
    const { length } = this.#items;
    for (let i = 1; i <= length; i++) yield this.#items[(this.#start + length - i) % length]!;
  }

  clear(): void {
    this.#items.length = 0;
    this.#start = 0;
  }
}
