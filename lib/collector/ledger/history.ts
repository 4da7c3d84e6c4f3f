import type { EventQuery } from './query.js';

/** Numbers of items ascend in the order of arrival. */
interface Item {
  readonly number: number;
  readonly bytes: number;
}

/** A part of a list, newest first. */
export interface Listing<T> {
  readonly found: readonly T[];
  /** The search continues below this number; null: all stored items were searched. */
  readonly next: number | null;
}

/** Removed items before the array is shortened. */
const MIN_REMOVED = 1_024;
const LIMIT = 100;
const MAX_BYTES = 8_000_000;

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

  /** Items that newer ones displaced, or that were skipped. */
  get forgotten(): number {
    return this.#forgotten;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
    while (this.#bytes > this.maxBytes) this.#forgetOldest();
  }

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

  /** Selects items up to a limit. A call reads a limited number of bytes: the next one continues at `next`. `rowBytes`: of an item in the answer. */
  list(
    { before, after = 0, limit = LIMIT, search }: EventQuery,
    isWanted: (item: T) => boolean,
    rowBytes = ({ bytes }: T): number => bytes,
  ): Listing<T> {
    const found: T[] = [];
    let bytes = 0;
    for (const item of this.newest(before)) {
      if (item.number <= after) break;
      if (found.length >= limit || bytes >= MAX_BYTES) return { found, next: item.number + 1 };
      const isFound = isWanted(item);
      if (isFound) found.push(item);
      if (search !== undefined) bytes += item.bytes;
      else if (isFound) bytes += rowBytes(item);
    }
    return { found, next: null };
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

/** The latest items, and those with problems, which items without problems do not displace. */
export class History<T extends Item & { readonly problems: readonly string[] }> {
  readonly latest: Ring<T>;
  readonly invalid: Ring<T>;

  constructor(maxBytes: number, maxInvalidBytes: number) {
    this.latest = new Ring(maxBytes);
    this.invalid = new Ring(maxInvalidBytes);
  }

  push(item: T): void {
    this.latest.push(item);
    if (item.problems.length > 0) this.invalid.push(item);
  }

  /** Undefined: there was none, or it is no longer kept. */
  find(number: number): T | undefined {
    return this.latest.find(number) ?? this.invalid.find(number);
  }

  clear(): void {
    this.latest.clear();
    this.invalid.clear();
  }
}
