import { toCheckedLine } from './checked-line.js';
import { parseCheckedLines } from './checked-lines.js';

/** A line of a segment that cannot be read, set aside. */
export interface DamagedLine {
  /** The segment's name. */
  readonly segment: string;
  /** Of the line, from the start of the segment. */
  readonly offset: number;
  readonly bytes: number;
  /** When it was found, in epoch milliseconds. */
  readonly at: number;
  /** As much of it as is kept; see {@link damagedText}. */
  readonly text: string;
}

const MAX_TEXT_BYTES = 65_536;

/** What is kept of a line's bytes: the first 64 KB, and where they are no UTF-8, signs in their place. */
export function damagedText(bytes: Uint8Array): string {
  const { buffer, byteOffset, length } = bytes.subarray(0, MAX_TEXT_BYTES);
  return Buffer.from(buffer, byteOffset, length).toString();
}

/** A damaged line as the line that is appended. */
export function encodeDamagedLine({ segment, offset, bytes, at, text }: DamagedLine): string {
  return toCheckedLine({ segment, offset, bytes, at, text });
}

/** All lines of a text that can be read. */
export function parseDamagedLines(text: string): { lines: DamagedLine[]; damaged: number } {
  const { entries, damaged } = parseCheckedLines(text, damagedLineOf);
  return { lines: entries, damaged };
}

/** What a checked line says of a damaged one, if it does. */
export function damagedLineOf(value: Record<string, unknown>): DamagedLine | undefined {
  const { segment, offset, bytes, at, text } = value;
  if (typeof segment !== 'string' || typeof text !== 'string') return undefined;
  if (typeof offset !== 'number' || typeof bytes !== 'number' || typeof at !== 'number') return undefined;
  return { segment, offset, bytes, at, text };
}
