import { createHash } from 'node:crypto';
import { copyOf } from './text.js';

/** Longer texts are kept as their digest, so that the set is bounded in bytes, too. */
const MAX_LENGTH = 64;

/** A set of bounded size that keeps at least the newest half of `max`. With two generations, old texts are removed at no cost. */
export class RecentSet {
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(private readonly max: number) {}

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The newest texts that it is certain to know. */
  get certain(): number {
    return this.max / 2;
  }

  /** Adds a text; false if the set has it already. */
  add(text: string): boolean {
    const key = text.length > MAX_LENGTH ? createHash('sha256').update(text).digest('base64url') : text;
    if (this.#young.has(key) || this.#old.has(key)) return false;
    if (this.#young.size >= this.certain) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(copyOf(key));
    return true;
  }

  clear(): void {
    this.#young = new Set();
    this.#old = new Set();
  }
}
