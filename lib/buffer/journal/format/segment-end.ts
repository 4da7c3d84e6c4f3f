import { parseSegmentName } from './segment-name.js';

/** Follows the events of a segment as it is read, and tells how many are missing at its end. */
export class SegmentEnd {
  /** The highest number that was read. */
  lastSeq: number;
  /** Lines behind it that were found, or were promised by a header, and cannot be read. */
  #unreadable = 0;

  constructor(firstSeq: number) {
    this.lastSeq = firstSeq - 1;
  }

  read(seq: number): void {
    this.lastSeq = Math.max(this.lastSeq, seq);
    this.#unreadable = 0;
  }

  unreadable(lines: number): void {
    this.#unreadable += lines;
  }

  /** Events that are gone without a trace, if the segment went up to the one before `next`. */
  missingBefore(next: number): number {
    return Math.max(0, next - 1 - this.lastSeq - this.#unreadable);
  }
}

/** Whether one of the deleted segments, each as `<origin>/<segment>`, may have begun between two numbers. */
export function mayBeDeleted(segments: Iterable<string>, after: number, before: number): boolean {
  for (const segment of segments) {
    const name = parseSegmentName(`${segment.slice(segment.indexOf('/') + 1)}.jsonl`);
    // One that several were added up to may be any.
    if (name === undefined || (name.firstSeq > after && name.firstSeq < before)) return true;
  }
  return false;
}
