import { Fifo } from '../../fifo.js';
import { Frame } from './frame.js';
import type { Segment } from './segment.js';

/** A byte range of a frame or segment with pending events of one lane that are not in memory. */
export interface ByteRange {
  readonly home: Frame | Segment;
  /** Offset of the next byte to read, in the home. */
  from: number;
  /** The offset at which it ends. */
  to: number;
  /** Events of the lane that were not read yet. */
  events: number;
  /** Bytes of their lines, as far as known. */
  bytes: number;
  /** At most the position of the first event: its number for events of this process, 0 for those of earlier ones. */
  position: number;
}

/** The pending events of one lane that are not in memory, oldest first. */
export class Backlog {
  readonly #ranges = new Fifo<ByteRange>();
  #last: ByteRange | undefined;

  get first(): ByteRange | undefined {
    return this.#ranges.first;
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  [Symbol.iterator](): Iterator<ByteRange> {
    return this.#ranges[Symbol.iterator]();
  }

  /** Adds a range at the end. Merges it with the last one if there is no gap between them. */
  add(range: ByteRange): void {
    const last = this.#last;
    if (!this.isEmpty && last?.home === range.home && last.to === range.from) {
      last.to = range.to;
      last.events += range.events;
      last.bytes += range.bytes;
      return;
    }
    this.#ranges.push(range);
    this.#last = range;
  }

  shift(): void {
    this.#ranges.shift();
  }

  /** The byte range with an event, by its offset in the segment. */
  holding(segment: Segment, offset: number): ByteRange | undefined {
    for (const range of this.#ranges) {
      const { home, from, to } = range;
      if (home.segment !== segment) continue;
      const at = home instanceof Frame ? offset - home.offset : offset;
      if (at >= from && at < to) return range;
    }
    return undefined;
  }

  /** Removes the byte ranges for which `which` is true. */
  remove(which: (range: ByteRange) => boolean): ByteRange[] {
    const removed: ByteRange[] = [];
    for (let left = this.#ranges.length; left > 0; left--) {
      const range = this.#ranges.shift()!;
      if (which(range)) removed.push(range);
      else this.#ranges.push(range);
    }
    if (removed.includes(this.#last!)) this.#last = undefined;
    return removed;
  }
}
