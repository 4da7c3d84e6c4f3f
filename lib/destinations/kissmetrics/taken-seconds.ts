/** Seconds that are remembered, of all people and events together; about 200 bytes each. */
const MAX_SECONDS = 10_000;

/**
 * Which event has a person's second under a name: of several the platform counts one. Memory is bounded: what came longest
 * ago is forgotten, half at once.
 */
export class TakenSeconds {
  #young = new Map<string, string>();
  #old = new Map<string, string>();
  readonly #half: number;

  constructor(max = MAX_SECONDS) {
    this.#half = max / 2;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Whether another event has the second already; the same one may come again. */
  take(what: string, second: number, id: string): boolean {
    const place = `${second} ${what}`;
    const owner = this.#young.get(place) ?? this.#old.get(place);
    if (owner !== undefined) return owner !== id;
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(place, id);
    return false;
  }
}
