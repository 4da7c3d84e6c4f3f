const SMALL = 16;

/** A queue with constant time at both ends: a ring that doubles when it is full. */
export class Fifo<T> {
  #ring = emptyRing<T>(SMALL);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The first item. It stays in the queue. */
  get first(): T | undefined {
    return this.#ring[this.#head];
  }

  get last(): T | undefined {
    return this.#ring[(this.#head + this.#length - 1) & (this.#ring.length - 1)];
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#length; i++) yield this.#ring[(this.#head + i) & (this.#ring.length - 1)]!;
  }

  push(item: T): void {
    this.#grow();
    this.#ring[(this.#head + this.#length++) & (this.#ring.length - 1)] = item;
  }

  pushFirst(item: T): void {
    this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.#length++;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    if (--this.#length === 0) this.#shrink();
    return item;
  }

  /** Removes the items for which `which` is true. The others keep their order. */
  remove(which: (item: T) => boolean): T[] {
    const removed: T[] = [];
    for (let left = this.#length; left > 0; left--) {
      const item = this.shift()!;
      if (which(item)) removed.push(item);
      else this.push(item);
    }
    return removed;
  }

  #grow(): void {
    if (this.#length < this.#ring.length) return;
    const grown = emptyRing<T>(this.#ring.length * 2);
    for (let i = 0; i < this.#length; i++) grown[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    this.#ring = grown;
    this.#head = 0;
  }

  /** Frees the large ring of a burst. */
  #shrink(): void {
    if (this.#ring.length <= 4_096) return;
    this.#ring = emptyRing<T>(SMALL);
    this.#head = 0;
  }
}

function emptyRing<T>(length: number): (T | undefined)[] {
  const ring: (T | undefined)[] = [];
  ring.length = length;
  return ring;
}
