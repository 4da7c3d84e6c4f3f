/** Numbers of items ascend in the order of arrival. */
interface Item {
  readonly number: number;
  /** The memory of the item. */
  readonly bytes: number;
}

/** Removed items before the array is shortened. */
const MIN_REMOVED = 1_024;

/** The newest items, up to `maxBytes` in all. */
export class Ring<T extends Item> {
  #items: (T | undefined)[] = [];
  #start = 0;
  #bytes = 0;
  #forgotten = 0;

  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.#items.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Items that newer ones displaced, or that were skipped. */
  get forgotten(): number {
    return this.#forgotten;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
    while (this.#bytes > this.maxBytes) this.#forgetOldest();
  }

  /** Counts an item that is not kept. */
  skip(): void {
    this.#forgotten++;
  }

  find(number: number): T | undefined {
    const found = this.#items[this.#indexOf(number)];
    return found?.number === number ? found : undefined;
  }

  /** Newest first, those below `before` only. */
  *newest(before = Infinity): Generator<T> {
    for (let i = this.#indexOf(before) - 1; i >= this.#start; i--) yield this.#items[i]!;
  }

  clear(): void {
    this.#items = [];
    this.#start = this.#bytes = this.#forgotten = 0;
  }

  #forgetOldest(): void {
    this.#bytes -= this.#items[this.#start]!.bytes;
    this.#items[this.#start++] = undefined;
    this.#forgotten++;
    if (this.#start >= MIN_REMOVED && this.#start * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Index of the first item that has at least this number. */
  #indexOf(number: number): number {
    let low = this.#start;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#items[middle]!.number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
