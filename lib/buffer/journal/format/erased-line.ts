import { checksum } from './checksum.js';

const SPACE = 0x20;
const LINE_FEED = 0x0a;

/**
 * What an erased line is overwritten with, in place.
 *
 * @param bytes of the line, with its line feed
 */
export function erasedLine(seq: number, bytes: number): Buffer {
  const line = Buffer.alloc(bytes, SPACE);
  const said = `#erased ${seq}`;
  line.write(`${said} ${checksum(said)}`, 0, 'latin1');
  line[bytes - 1] = LINE_FEED;
  return line;
}

/**
 * The sequence number of an erased line, without its line feed; `undefined` for any other, such as one of which a part of
 * the event is still there.
 */
export function readErasedLine(line: Buffer): number | undefined {
  const fields = /^(#erased ([1-9]\d{0,15})) ([\da-f]{8}) *$/.exec(line.toString('latin1'));
  if (fields === null || checksum(fields[1]!) !== fields[3]) return undefined;
  const seq = Number(fields[2]);
  return Number.isSafeInteger(seq) ? seq : undefined;
}
