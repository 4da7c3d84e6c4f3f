/** Of all people and events together; about 150 bytes each. */
const MAX_SECONDS = 50_000;

/**
 * The seconds that a person's events of one name have, so that the next event gets a free one. An occupied second points to a later
 * one, and each search shortens its path, so that a burst of thousands of events in one second stays cheap. Memory is bounded: the
 * seconds that were not used for longest are forgotten first, and may be given out again.
 */
export class FreeSeconds {
  // Two generations in place of one list in order of use: half of them are forgotten at once.
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  readonly #half: number;

  constructor(max = MAX_SECONDS) {
    this.#half = max / 2;
  }

  /** The number of occupied seconds; never more than the maximum. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The first free second from `wanted` on; it is occupied from now on. */
  take(what: string, wanted: number): number {
    const passed = [place(what, wanted)];
    let second = wanted;
    for (let next; (next = this.#after(passed.at(-1)!)) !== undefined;) {
      second = next;
      passed.push(place(what, second));
    }
    for (const each of passed) this.#remember(each, second + 1);
    return second;
  }

  /** Occupies a second for an event that is never moved. */
  occupy(what: string, second: number): void {
    const own = place(what, second);
    this.#remember(own, this.#after(own) ?? second + 1);
  }

  #after(each: string): number | undefined {
    return this.#young.get(each) ?? this.#old.get(each);
  }

  #remember(each: string, next: number): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(each, next);
  }
}

function place(what: string, second: number): string {
  return `${second} ${what}`;
}
