import { Ring } from './ring.js';

interface Item {
  readonly number: number;
  readonly bytes: number;
  readonly problems: readonly string[];
}

/** The latest items, and those with problems, which items without problems do not displace. */
export class History<T extends Item> {
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
