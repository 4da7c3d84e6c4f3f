import { HEADER_BYTES, readErasedLine, readHeader, type FrameHeader } from './hash-line.js';
import type { ReadRecord } from './record.js';
import { readRecordLine } from './record-line.js';

/** An item of a segment at one position. */
export type SegmentItem =
  | { readonly is: 'record'; readonly record: ReadRecord }
  | { readonly is: 'erased'; readonly seq: number; readonly offset: number; readonly bytes: number }
  /**
   * A line that cannot be read, up to the next line feed. It may be a header, or several lines without their line feeds. `text` is
   * its beginning, without data of a person.
   */
  | { readonly is: 'damaged'; readonly offset: number; readonly bytes: number; readonly text: string }
  /** Events that the header of the frame at `offset` counts, and that are not in it; `bytes` are left of the first. */
  | { readonly is: 'missing'; readonly offset: number; readonly bytes: number; readonly lines: number }
  /**
   * The file ends within a frame: its writer died while it wrote, or is writing. `lines` of the frame are missing or incomplete, if
   * its header could be read; `bytes` are left of the first.
   */
  | { readonly is: 'torn'; readonly offset: number; readonly bytes: number; readonly lines: number };

const LINE_FEED = 0x0a;
const HASH = 0x23;
/** Instead of an end that is not in this piece. */
const MORE = -1;
const BLOCK = 256;
const MAX_SHOWN_BYTES = 200;
/** Never shown: entries of an event, and digests of a person's data in a truncated line. */
const HIDDEN_ENTRIES = /,"notes":".*$/s;
const DIGESTS = /[\da-f]{17,}/gi;

/**
 * Reads a piece of a segment with any content. A frame with a correct header is read whole, so that its missing lines can be counted;
 * all other bytes are read line by line. Never throws.
 *
 * @param bytes of the segment, from the end of the last call
 * @param base their position in the segment
 * @param isEnd no bytes follow
 * @returns the items in their order, and the number of bytes that were used; 0 if a longer piece is needed. The next piece begins
 * after them.
 */
export function scanSegment(
  bytes: Buffer,
  base: number,
  isEnd: boolean,
): { readonly items: readonly SegmentItem[]; readonly used: number } {
  const scan = new Scan(bytes, base, isEnd);
  return { used: scan.run(), items: scan.items };
}

class Scan {
  readonly items: SegmentItem[] = [];
  /** By block: the first line feed in or after it; MORE for none. */
  #lineFeeds: Int32Array | undefined;

  constructor(
    private readonly bytes: Buffer,
    private readonly base: number,
    private readonly isEnd: boolean,
  ) {}

  run(): number {
    let at = 0;
    while (at < this.bytes.length) {
      const header = readHeader(this.bytes, at);
      const next = header === undefined ? this.#looseLine(at) : this.#frame(at, header);
      if (next === MORE) break;
      at = next;
    }
    return at;
  }

  /** A line outside of a frame, or a header that cannot be read. */
  #looseLine(at: number): number {
    const end = this.bytes.indexOf(LINE_FEED, at);
    if (end !== -1) {
      this.#line(at, end, false);
      return end + 1;
    }
    if (!this.isEnd) return MORE;
    this.#torn(at, this.bytes.length, 0);
    return this.bytes.length;
  }

  /** The lines of a frame, up to the end by its header, or to the next header if a part is missing. */
  #frame(frame: number, header: FrameHeader): number {
    const { bytes } = this;
    const expected = frame + HEADER_BYTES + header.bytes;
    const stop = this.#frameEnd(expected);
    if (stop === MORE) return MORE;
    let at = frame + HEADER_BYTES;
    let left = header.lines;
    let isTorn = expected > bytes.length;
    while (at < stop) {
      if (bytes[at] === HASH && readHeader(bytes, at) !== undefined) {
        isTorn = false;
        break;
      }
      let end = bytes.indexOf(LINE_FEED, at);
      if (end === -1 || end >= stop) {
        isTorn = stop !== expected;
        if (isTorn) break;
        // The frame has the right length: whatever this byte is now, it was the line feed.
        end = stop - 1;
      }
      left -= this.#line(at, end, header.again);
      at = end + 1;
    }
    if (isTorn) {
      this.#torn(at, stop, Math.max(0, left));
      return stop;
    }
    if (left > 0) this.items.push({ is: 'missing', offset: this.base + frame, bytes: 0, lines: left });
    return at;
  }

  /**
   * The position to stop reading a frame at. Its header is right if a line feed, another frame or the end of the file is there.
   * Otherwise some bytes are missing, and the line that continues must end first.
   */
  #frameEnd(expected: number): number {
    const { bytes, isEnd } = this;
    if (expected > bytes.length) return isEnd ? bytes.length : MORE;
    if (bytes[expected - 1] === LINE_FEED) return expected;
    if (!isEnd && expected + HEADER_BYTES > bytes.length) return MORE;
    if (expected === bytes.length || readHeader(bytes, expected) !== undefined) return expected;
    const end = this.#lineFeedFrom(expected);
    if (end !== MORE) return end + 1;
    return isEnd ? bytes.length : MORE;
  }

  /** @returns the number of the frame's lines that it stands for */
  #line(start: number, end: number, again: boolean): number {
    const { bytes, base } = this;
    if (start === end && bytes[end] === LINE_FEED) return 0;
    const place = { offset: base + start, bytes: end + 1 - start };
    const isErased = bytes[start] === HASH;
    const record = isErased ? undefined : readRecordLine(bytes, start, end, base, again);
    const seq = isErased ? readErasedLine(bytes.subarray(start, end)) : undefined;
    if (record !== undefined) this.items.push({ is: 'record', record });
    else if (seq !== undefined) this.items.push({ is: 'erased', seq, ...place });
    else this.items.push({ is: 'damaged', ...place, text: shown(bytes.subarray(start, end)) });
    return 1;
  }

  #torn(from: number, to: number, lines: number): void {
    this.items.push({ is: 'torn', offset: this.base + from, bytes: to - from, lines });
  }

  /** The next line feed. Damaged segments may ask for the same distant one many times, so it is indexed. */
  #lineFeedFrom(from: number): number {
    const end = (Math.floor(from / BLOCK) + 1) * BLOCK;
    const near = this.bytes.subarray(from, end).indexOf(LINE_FEED);
    if (near !== -1) return from + near;
    this.#lineFeeds ??= lineFeedsOf(this.bytes);
    return this.#lineFeeds[end / BLOCK] ?? MORE;
  }
}

function lineFeedsOf(bytes: Buffer): Int32Array {
  const next = new Int32Array(Math.ceil(bytes.length / BLOCK));
  for (let block = next.length - 1; block >= 0; block--) {
    const from = block * BLOCK;
    const near = bytes.subarray(from, from + BLOCK).indexOf(LINE_FEED);
    next[block] = near === -1 ? (next[block + 1] ?? MORE) : from + near;
  }
  return next;
}

function shown(line: Buffer): string {
  return line.toString('utf8', 0, MAX_SHOWN_BYTES).replace(HIDDEN_ENTRIES, '').replace(DIGESTS, '***');
}
