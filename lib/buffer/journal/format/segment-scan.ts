import { readErasedLine } from './erased-line.js';
import { HEADER_BYTES, readHeader } from './frame-header.js';
import type { FrameHeader } from './frame-header.js';
import { LineFeeds } from './line-feeds.js';
import { readRecordLine } from './record-line.js';
import type { SegmentVisitor } from './record.js';

const LINE_FEED = 0x0a;
const HASH = 0x23;
/** In place of an end: it is not in this piece. */
const MORE = -1;

/**
 * Reads a piece of a segment, whatever its bytes are, and tells the visitor what is in it. A frame with a good header is read
 * whole or not at all, so that what it lost can be told; all else line by line. Never throws, unless the visitor does.
 *
 * @param bytes of the segment, from where the last call stopped
 * @param base where they stand in the segment
 * @param isEnd nothing follows them
 * @returns bytes read; 0 where a longer piece is needed. The next piece begins behind them.
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

/** A line that no header tells of, or a header that cannot be read. */
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

/** The lines of a frame, up to where its header says that it ends, or to the next header where a part of it is gone. */
function readFrame(
  bytes: Buffer,
  lineFeeds: LineFeeds,
  frame: number,
  header: FrameHeader,
  base: number,
  isEnd: boolean,
  visitor: SegmentVisitor,
): number {
  const told = frame + HEADER_BYTES + header.bytes;
  const stop = frameEnd(bytes, lineFeeds, told, isEnd);
  if (stop === MORE) return MORE;
  let at = frame + HEADER_BYTES;
  let left = header.lines;
  let isTorn = told > bytes.length;
  while (at < stop) {
    if (bytes[at] === HASH && readHeader(bytes, at) !== undefined) {
      isTorn = false;
      break;
    }
    let end = bytes.indexOf(LINE_FEED, at);
    if (end === -1 || end >= stop) {
      isTorn = stop !== told;
      if (isTorn) break;
      // The frame ends where it should: whatever this byte is now, it was the line feed.
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
 * Where to stop reading a frame. Where its last line feed is gone but another frame begins, or nothing follows, its header is
 * right; otherwise some of its bytes are, and the line that runs on has to end first.
 */
function frameEnd(bytes: Buffer, lineFeeds: LineFeeds, told: number, isEnd: boolean): number {
  if (told > bytes.length) return isEnd ? bytes.length : MORE;
  if (bytes[told - 1] === LINE_FEED) return told;
  if (!isEnd && told + HEADER_BYTES > bytes.length) return MORE;
  if (told === bytes.length || readHeader(bytes, told) !== undefined) return told;
  const end = lineFeeds.after(told);
  if (end !== -1) return end + 1;
  return isEnd ? bytes.length : MORE;
}

/** @returns how many lines of the frame's count it stands for */
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
