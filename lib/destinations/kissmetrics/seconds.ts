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

/** A power of two. Each needs 8 bytes and a reference. */
const SLOTS = 8_192;

/**
 * Detects events with the same person, name and second, of which KISSmetrics counts one. Bounded and cheap, because it sees every
 * event: 64 bits of a hash identify such a second, and a newer one may replace it. A collision may be missed, but none is reported
 * by mistake.
 */
export class TakenSeconds {
  readonly #high = new Uint32Array(SLOTS);
  readonly #low = new Uint32Array(SLOTS);
  // oxlint-disable-next-line unicorn/no-new-array -- Array.from takes 30 times as long, for each kissmetrics()
  readonly #ids = new Array<string>(SLOTS).fill('');

  /** Whether another event has the second already. */
  take(person: string, name: string, second: number, id: string): boolean {
    let high = Math.imul(second ^ person.length, 0x9e3779b1);
    let low = second;
    for (const text of [person, name]) {
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        high = Math.imul(high ^ unit, 0x01000193);
        low = Math.imul(low ^ unit, 0x85ebca6b);
      }
    }
    high >>>= 0;
    low >>>= 0;
    const slot = (high ^ (high >>> 15)) & (SLOTS - 1);
    const isTaken = this.#high[slot] === high && this.#low[slot] === low && this.#ids[slot] !== '';
    if (isTaken) return this.#ids[slot] !== id;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#ids[slot] = id;
    return false;
  }
}
