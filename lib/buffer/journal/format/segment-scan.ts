import { readErasedLine } from './erased-line.js';
import { HEADER_BYTES, readHeader, type FrameHeader } from './frame-header.js';
import { LineFeeds } from './line-feeds.js';
import { readRecordLine } from './record-line.js';
import type { SegmentVisitor } from './record.js';

const LINE_FEED = 0x0a;
const HASH = 0x23;
/** Instead of an end that is not in this piece. */
const MORE = -1;

/**
 * Reads a piece of a segment with any content, and passes its items to the visitor. A frame with a correct header is read whole, so
 * that its missing lines can be counted; all other bytes are read line by line. Never throws, unless the visitor does.
 *
 * @param bytes of the segment, from the end of the last call
 * @param base their position in the segment
 * @param isEnd no bytes follow
 * @returns number of bytes that were used; 0 if a longer piece is needed. The next piece begins after them.
 */
export function scanSegment(bytes: Buffer, base: number, isEnd: boolean, visitor: SegmentVisitor): number {
  const lineFeeds = new LineFeeds(bytes);
  let at = 0;
  while (at < bytes.length) {
    const header = readHeader(bytes, at);
    const next =
      header === undefined
        ? readLooseLine(bytes, at, base, isEnd, visitor)
        : readFrame(bytes, lineFeeds, at, header, base, isEnd, visitor);
    if (next === MORE) break;
    at = next;
  }
  return at;
}

/** A line outside of a frame, or a header that cannot be read. */
function readLooseLine(
  bytes: Buffer,
  at: number,
  base: number,
  isEnd: boolean,
  visitor: SegmentVisitor,
): number {
  const end = bytes.indexOf(LINE_FEED, at);
  if (end !== -1) {
    readLine(bytes, at, end, base, false, visitor);
    return end + 1;
  }
  if (!isEnd) return MORE;
  visitor.torn?.(base + at, bytes.length - at, 0);
  return bytes.length;
}

/** The lines of a frame, up to the end by its header, or to the next header if a part is missing. */
function readFrame(
  bytes: Buffer,
  lineFeeds: LineFeeds,
  frame: number,
  header: FrameHeader,
  base: number,
  isEnd: boolean,
  visitor: SegmentVisitor,
): number {
  const expected = frame + HEADER_BYTES + header.bytes;
  const stop = frameEnd(bytes, lineFeeds, expected, isEnd);
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
    left -= readLine(bytes, at, end, base, header.again, visitor);
    at = end + 1;
  }
  if (isTorn) {
    visitor.torn?.(base + at, stop - at, Math.max(0, left));
    return stop;
  }
  if (left > 0) visitor.missing?.(left, base + frame);
  return at;
}

/**
 * The position to stop reading a frame at. Its header is right if a line feed, another frame or the end of the file is there.
 * Otherwise some bytes are missing, and the line that continues must end first.
 */
function frameEnd(bytes: Buffer, lineFeeds: LineFeeds, expected: number, isEnd: boolean): number {
  if (expected > bytes.length) return isEnd ? bytes.length : MORE;
  if (bytes[expected - 1] === LINE_FEED) return expected;
  if (!isEnd && expected + HEADER_BYTES > bytes.length) return MORE;
  if (expected === bytes.length || readHeader(bytes, expected) !== undefined) return expected;
  const end = lineFeeds.after(expected);
  if (end !== -1) return end + 1;
  return isEnd ? bytes.length : MORE;
}

/** @returns the number of the frame's lines that it stands for */
function readLine(
  bytes: Buffer,
  start: number,
  end: number,
  base: number,
  again: boolean,
  visitor: SegmentVisitor,
): number {
  if (start === end && bytes[end] === LINE_FEED) return 0;
  const length = end + 1 - start;
  if (bytes[start] === HASH) {
    const seq = readErasedLine(bytes.subarray(start, end));
    if (seq !== undefined) {
      visitor.erased?.(seq, base + start, length);
      return 1;
    }
  } else {
    const record = readRecordLine(bytes, start, end, base, again);
    if (record !== undefined) {
      visitor.record(record);
      return 1;
    }
  }
  visitor.damaged?.(base + start, length, bytes.subarray(start, end));
  return 1;
}
