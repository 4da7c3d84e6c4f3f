import { crc32 } from 'node:zlib';
import { writeChecksum } from './checksum.js';
import { HEADER_BYTES, writeHeader } from './hash-line.js';
import { ENTRIES, type JournalRecord, type LaneEntries } from './record.js';

const MIN_BYTES = 65_536;
/** The capacity that it keeps from one frame to the next. More, as for a few large events, is released. */
const MAX_KEPT_BYTES = 1_048_576;
const CLOSING_BRACE = 0x7d;
const BEFORE_CRC = Buffer.from(',"crc":"', 'latin1');
/** `,"crc":"xxxxxxxx"}` and the line feed. */
const TAIL_BYTES = BEFORE_CRC.length + 11;

/**
 * Writes records as the lines of a frame into a reused buffer outside of the JavaScript heap. A string of all lines would cost time
 * and garbage collection on the thread that answers requests.
 */
export class FrameBuilder {
  #bytes = Buffer.alloc(0);
  #used = HEADER_BYTES;
  #events = 0;
  #firstSeq = 0;
  readonly #lanesTexts = new WeakMap<readonly string[], string>();

  get events(): number {
    return this.#events;
  }

  get bytes(): number {
    return this.#used;
  }

  /**
   * Adds a record's line.
   *
   * @returns where the line is, from the start of the frame, and its bytes with the line feed
   */
  add(record: JournalRecord): { offset: number; bytes: number } {
    const { json, seq, entries, replay } = record;
    const offset = this.#used;
    const jsonBytes = Buffer.byteLength(json);
    const members = this.#members(record.lanes, entries, replay) + seq;
    const memberBytes = Buffer.byteLength(members);
    const end = offset + jsonBytes - 1 + memberBytes + TAIL_BYTES;
    if (end > this.#bytes.length) this.#grow(end);
    const into = this.#bytes;
    write(into, json, jsonBytes, offset);
    // Over the JSON's closing brace.
    write(into, members, memberBytes, offset + jsonBytes - 1);
    writeTail(into, crc32(into.subarray(offset, end - TAIL_BYTES)), end - TAIL_BYTES);
    if (this.#events++ === 0) this.#firstSeq = seq;
    this.#used = end;
    return { offset, bytes: end - offset };
  }

  /**
   * The frame as a copy of its exact size, because frames stay in memory while the disk fails. The builder is empty again. Without
   * a record, the frame is empty.
   *
   * @param again marks lines that are rewritten after an I/O error
   */
  take(again = false): Buffer {
    if (this.#events === 0) return Buffer.alloc(0);
    const frame = Buffer.allocUnsafeSlow(this.#used);
    this.#bytes.copy(frame, 0, 0, this.#used);
    const bytes = this.#used - HEADER_BYTES;
    writeHeader({ firstSeq: this.#firstSeq, lines: this.#events, bytes, again }, frame);
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = Buffer.alloc(0);
    this.#used = HEADER_BYTES;
    this.#events = 0;
    return frame;
  }

  #grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2, MIN_BYTES));
    this.#bytes.copy(bytes, 0, 0, this.#used);
    this.#bytes = bytes;
  }

  /** Our members, up to the sequence number itself. */
  #members(lanes: readonly string[], entries: LaneEntries | undefined, replay: string | undefined): string {
    let text = this.#lanesTexts.get(lanes);
    if (text === undefined) {
      text = `,"lanes":${JSON.stringify(lanes)}`;
      this.#lanesTexts.set(lanes, text);
    }
    if (entries !== undefined) text += `,"notes":${JSON.stringify(JSON.stringify({ [ENTRIES]: entries }))}`;
    if (replay !== undefined) text += `,"replay":${JSON.stringify(replay)}`;
    return `${text},"seq":`;
  }
}

/** A text with one byte per unit is ASCII, which is written as Latin-1 several times faster. */
function write(into: Buffer, text: string, bytes: number, at: number): void {
  if (bytes === text.length) into.write(text, at, 'latin1');
  else into.write(text, at);
}

function writeTail(into: Buffer, crc: number, at: number): void {
  for (let i = 0; i < BEFORE_CRC.length; i++) into[at + i] = BEFORE_CRC[i]!;
  writeChecksum(crc, into, at + BEFORE_CRC.length);
  into[at + 16] = 0x22;
  into[at + 17] = CLOSING_BRACE;
  into[at + 18] = 0x0a;
}
