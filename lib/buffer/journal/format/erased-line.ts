import { checksum } from './checksum.js';

const SPACE = 0x20;
const LINE_FEED = 0x0a;

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
