import { Fifo } from '../../memory/fifo.js';
import { Frame } from './frame.js';
import { Segment } from './segment.js';

/** A run of bytes in which events of one lane wait, out of memory's sight. */
export interface Stretch {
  readonly home: Frame | Segment;
  /** Of the next byte to read, in the home. */
  from: number;
  /** Behind the last one. */
  to: number;
  /** Events of the lane that are left in it. */
  events: number;
  /** Bytes of their lines, as far as known. */
  bytes: number;
  /** Position of the first event, or less: a number for our own, 0 for what was found. */
  position: number;
}

/** What waits for one lane beyond the events that are in memory, oldest first. */
export class Backlog {
  readonly #stretches = new Fifo<Stretch>();
  #last: Stretch | undefined;

  get first(): Stretch | undefined {
    return this.#stretches.first;
  }

  get isEmpty(): boolean {
    return this.#stretches.length === 0;
  }

  [Symbol.iterator](): Iterator<Stretch> {
    return this.#stretches[Symbol.iterator]();
  }

  /** Adds behind the others; what follows the last one without a gap is made one with it. */
  add(stretch: Stretch): void {
    const last = this.#last;
    if (!this.isEmpty && last?.home === stretch.home && last.to === stretch.from) {
      last.to = stretch.to;
      last.events += stretch.events;
      last.bytes += stretch.bytes;
      return;
    }
    this.#stretches.push(stretch);
    this.#last = stretch;
  }

  shift(): void {
    this.#stretches.shift();
  }

  /** Takes out those that `which` holds for. */
  remove(which: (stretch: Stretch) => boolean): Stretch[] {
    const removed: Stretch[] = [];
    for (let left = this.#stretches.length; left > 0; left--) {
      const stretch = this.#stretches.shift()!;
      if (which(stretch)) removed.push(stretch);
      else this.#stretches.push(stretch);
    }
    if (removed.includes(this.#last!)) this.#last = undefined;
    return removed;
  }
}
