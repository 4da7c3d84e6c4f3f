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
