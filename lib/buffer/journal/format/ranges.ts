/** Integers as ranges, each with both ends inclusive. */
export type RangeList = readonly (readonly [number, number])[];

export function isRangeList(value: unknown): value is RangeList {
  return Array.isArray(value) && value.every(isRange);
}

export function countOf(ranges: RangeList): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

export function* numbersIn(ranges: RangeList): Generator<number> {
  for (const [from, to] of ranges) {
    for (let n = from; n <= to; n++) yield n;
  }
}

function isRange(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [from, to] = value as unknown[];
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && (from as number) >= 1 && from! <= to!;
}

/**
 * A set of integers, stored as ranges, because most settled numbers are neighbours. Adding in ascending order takes constant
 * time.
 */
export class Ranges {
  /** First and last of each range, both inclusive, ascending; none touches the next. */
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(n: number): void {
    this.addRange(n, n);
  }

  addRange(from: number, to: number): void {
    const top = this.#last.length - 1;
    if (top < 0 || from > this.#last[top]! + 1) this.#append(from, to);
    else if (from >= this.#first[top]!) this.#extend(top, to);
    else this.#merge(from, to);
  }

  has(n: number): boolean {
    const at = this.#firstEndingFrom(n);
    return at < this.#first.length && this.#first[at]! <= n;
  }

  toArray(): [number, number][] {
    return this.#first.map((first, at) => [first, this.#last[at]!]);
  }

  clear(): void {
    this.#first.length = 0;
    this.#last.length = 0;
    this.#count = 0;
  }

  #append(from: number, to: number): void {
    if (to < from) return;
    this.#first.push(from);
    this.#last.push(to);
    this.#count += to - from + 1;
  }

  #extend(at: number, to: number): void {
    const last = this.#last[at]!;
    if (to <= last) return;
    this.#last[at] = to;
    this.#count += to - last;
  }

  #merge(from: number, to: number): void {
    if (to < from) return;
    // Ranges that overlap or touch it become one.
    const start = this.#firstEndingFrom(from - 1);
    let end = start;
    let first = from;
    let last = to;
    let held = 0;
    while (end < this.#first.length && this.#first[end]! <= to + 1) {
      first = Math.min(first, this.#first[end]!);
      last = Math.max(last, this.#last[end]!);
      held += this.#last[end]! - this.#first[end]! + 1;
      end++;
    }
    this.#first.splice(start, end - start, first);
    this.#last.splice(start, end - start, last);
    this.#count += last - first + 1 - held;
  }

  #firstEndingFrom(n: number): number {
    let low = 0;
    let high = this.#last.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#last[middle]! < n) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
