import { crc32 } from 'node:zlib';
import { checksum, readChecksum, writeChecksum } from './checksum.js';

/** The header of the lines of one write. */
export interface FrameHeader {
  readonly firstSeq: number;
  readonly lines: number;
  /** Of its lines, without the header. */
  readonly bytes: number;
  /** Its lines are rewritten with their old numbers after an I/O error. */
  readonly again: boolean;
}

/** Bytes of a header, with its line feed. */
export const HEADER_BYTES = 47;
export const MAX_FRAME_LINES = 999_999;
export const MAX_FRAME_BYTES = 999_999_999;

const CHECKED = HEADER_BYTES - 10;
const HASH = 0x23;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const WRITTEN = 0x77;
const AGAIN = 0x72;

/** Writes a header to the start of `into`. Throws a RangeError for numbers that are too large. */
export function writeHeader({ firstSeq, lines, bytes, again }: FrameHeader, into: Buffer): void {
  if (lines > MAX_FRAME_LINES || bytes > MAX_FRAME_BYTES) throw new RangeError('too much for one frame');
  const kind = again ? 'r' : 'w';
  const text = `#1${kind} ${digits(firstSeq, 16)} ${digits(lines, 6)} ${digits(bytes, 9)} `;
  into.write(text, 0, 'latin1');
  writeChecksum(crc32(into.subarray(0, CHECKED)), into, CHECKED + 1);
  into[HEADER_BYTES - 1] = LINE_FEED;
}

/** The header at `at`; `undefined` if there is none with a correct checksum. */
export function readHeader(bytes: Buffer, at: number): FrameHeader | undefined {
  const end = at + HEADER_BYTES;
  if (end > bytes.length || bytes[at] !== HASH || bytes[end - 1] !== LINE_FEED) return undefined;
  const kind = bytes[at + 2];
  if (bytes[at + 1] !== 0x31 || (kind !== WRITTEN && kind !== AGAIN)) return undefined;
  if (bytes[at + CHECKED] !== SPACE) return undefined;
  if (readChecksum(bytes, at + CHECKED + 1) !== crc32(bytes.subarray(at, at + CHECKED))) return undefined;
  const fields = /^ (\d{16}) (\d{6}) (\d{9})$/.exec(bytes.toString('latin1', at + 3, at + CHECKED));
  if (fields === null) return undefined;
  const firstSeq = Number(fields[1]);
  if (!Number.isSafeInteger(firstSeq)) return undefined;
  return { firstSeq, lines: Number(fields[2]), bytes: Number(fields[3]), again: kind === AGAIN };
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

/**
 * The bytes that overwrite an erased line in place.
 *
 * @param bytes of the line, with its line feed
 */
export function erasedLine(seq: number, bytes: number): Buffer {
  const line = Buffer.alloc(bytes, SPACE);
  const text = `#erased ${seq}`;
  line.write(`${text} ${checksum(text)}`, 0, 'latin1');
  line[bytes - 1] = LINE_FEED;
  return line;
}

/**
 * The sequence number of an erased line, without its line feed; `undefined` for any other line, such as one that still has a part
 * of the event.
 */
export function readErasedLine(line: Buffer): number | undefined {
  const fields = /^(#erased ([1-9]\d{0,15})) ([\da-f]{8}) *$/.exec(line.toString('latin1'));
  if (fields === null || checksum(fields[1]!) !== fields[3]) return undefined;
  const seq = Number(fields[2]);
  return Number.isSafeInteger(seq) ? seq : undefined;
}
