import { isObject, parsedJson } from '../../../event/json-values.js';
import { isAscii } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { LaneEntry, LaneNote } from '../../../event/lane-event.js';
import { readChecksum } from './checksum.js';
import { ENTRIES, type LaneEntries, type ReadRecord } from './record.js';
import { isText, listOf } from './shape.js';

const BEFORE_ID = Buffer.from('{"id":"', 'latin1');
const ID_END = BEFORE_ID.length + 36;
const LANES = Buffer.from(',"lanes":[', 'latin1');
const SEQ = Buffer.from(',"seq":', 'latin1');
const CRC = Buffer.from(',"crc":"', 'latin1');
const TAIL_BYTES = CRC.length + 10;
const MIN_BYTES = ID_END + LANES.length + SEQ.length + TAIL_BYTES;
const MAX_SEQ_DIGITS = 16;

const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const COMMA = 0x2c;
const DASH = 0x2d;
const ZERO = 0x30;

/** Our members before the number. No text in them looks like the start of a member, because its quotes are escaped. */
const MEMBERS = /^(\[.*?\])(?:,"notes":(".*?"))?(?:,"replay":(".*?"))?$/s;

/**
 * The record of the line from `start` to its line feed at `end`; `undefined` for a line with a wrong checksum, and for any other
 * line.
 *
 * @param base of `bytes` in their segment
 * @param again whether it is in a frame that was rewritten
 */
export function readRecordLine(
  bytes: Buffer,
  start: number,
  end: number,
  base: number,
  again: boolean,
): ReadRecord | undefined {
  const tail = end - TAIL_BYTES;
  if (end - start < MIN_BYTES || bytes[end - 1] !== CLOSING_BRACE || bytes[end - 2] !== QUOTE)
    return undefined;
  if (!holds(bytes, tail, CRC) || !hasId(bytes, start)) return undefined;
  const checked = bytes.subarray(start, tail);
  if (readChecksum(bytes, tail + CRC.length) !== crc32(checked)) return undefined;
  const seqAt = memberBefore(bytes, tail);
  if (!holds(bytes, seqAt, SEQ)) return undefined;
  const seq = readSeq(bytes, seqAt + SEQ.length, tail);
  const lanesAt = lanesBefore(bytes, seqAt, start + ID_END);
  if (seq === undefined || lanesAt === -1) return undefined;
  const encoding = isAscii(checked) ? 'latin1' : 'utf8';
  const members = readMembers(bytes.toString(encoding, lanesAt + LANES.length - 1, seqAt));
  if (members === undefined) return undefined;
  return {
    seq,
    json: jsonOf(bytes, start, lanesAt, encoding),
    lanes: members.lanes,
    entries: members.entries,
    replay: members.replay,
    offset: base + start,
    bytes: end + 1 - start,
    // Not a slice of the JSON: a slice keeps the whole string in memory.
    id: bytes.toString('latin1', start + BEFORE_ID.length, start + ID_END),
    again,
  };
}

function holds(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text[i]) return false;
  }
  return true;
}

function hasId(bytes: Buffer, start: number): boolean {
  if (!holds(bytes, start, BEFORE_ID) || bytes[start + ID_END] !== QUOTE) return false;
  for (let i = start + BEFORE_ID.length; i < start + ID_END; i++) {
    const byte = bytes[i]!;
    const hex = (byte >= ZERO && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
    if (!hex && byte !== DASH) return false;
  }
  return true;
}

/** The start of the last member, if it is a number. */
function memberBefore(bytes: Buffer, end: number): number {
  let at = end - 1;
  while (end - at <= MAX_SEQ_DIGITS && bytes[at]! >= ZERO && bytes[at]! <= 0x39) at--;
  return at + 1 - SEQ.length;
}

function readSeq(bytes: Buffer, from: number, end: number): number | undefined {
  let seq = 0;
  for (let at = from; at < end; at++) seq = seq * 10 + (bytes[at]! - ZERO);
  return bytes[from] !== ZERO && from < end && Number.isSafeInteger(seq) ? seq : undefined;
}

/**
 * The start of our members. Text of the event may look the same, but it comes earlier; in later text, quotes are escaped.
 */
function lanesBefore(bytes: Buffer, end: number, start: number): number {
  for (let at = end - 1; at >= start + LANES.length; at--) {
    if (bytes[at] !== OPENING_BRACKET) continue;
    const found = at + 1 - LANES.length;
    if (holds(bytes, found, LANES)) return found;
  }
  return -1;
}

/** @param text from the list of lanes to the end of the last member before the sequence number */
function readMembers(text: string): Pick<ReadRecord, 'lanes' | 'entries' | 'replay'> | undefined {
  const members = text.endsWith(']') ? undefined : MEMBERS.exec(text);
  if (members === null) return undefined;
  const lanes = laneList(members?.[1] ?? text);
  const entries = members?.[2] === undefined ? undefined : entriesOf(parsedText(members[2]));
  const replay = members?.[3] === undefined ? undefined : parsedText(members[3]);
  if (lanes === undefined) return undefined;
  if (members?.[2] !== undefined && entries === undefined) return undefined;
  if (members?.[3] !== undefined && replay === undefined) return undefined;
  return { lanes, entries, replay };
}

const isTexts = listOf(isText);
/** More different lists than an application has; only a file from elsewhere can have them. */
const MAX_LISTS = 1_000;
const lists = new Map<string, readonly string[]>();

/**
 * The lane names in the JSON text of a list; `undefined` for any other text. The same text gives the same array, so that thousands
 * of pending events share it and can be compared by it.
 */
function laneList(text: string): readonly string[] | undefined {
  const known = lists.get(text);
  if (known !== undefined) return known;
  const value = parsedJson(text);
  if (!isTexts(value)) return undefined;
  if (lists.size >= MAX_LISTS) lists.clear();
  const list = Object.freeze(value as string[]);
  lists.set(text, list);
  return list;
}

/** The entries in the JSON of `notes`; undefined for any other content. */
function entriesOf(json: string | undefined): LaneEntries | undefined {
  const notes = json === undefined ? undefined : parsedJson(json);
  if (!isObject(notes)) return undefined;
  if (Object.hasOwn(notes, ENTRIES)) {
    const entries = notes[ENTRIES];
    const isWhole = isObject(entries) && Object.values(entries).every(isObject);
    return isWhole ? (entries as Record<string, LaneEntry>) : undefined;
  }
  // The form of earlier versions.
  const ofLanes = Object.entries(notes as Record<string, LaneNote>);
  return Object.fromEntries(ofLanes.map(([lane, note]) => [lane, { note }]));
}

function parsedText(json: string): string | undefined {
  const value = parsedJson(json);
  return isText(value) ? value : undefined;
}

function jsonOf(bytes: Buffer, start: number, end: number, encoding: 'latin1' | 'utf8'): string {
  // A temporary brace at the start of our members makes one flat string; concatenation costs twice as much.
  bytes[end] = CLOSING_BRACE;
  const json = bytes.toString(encoding, start, end + 1);
  bytes[end] = COMMA;
  return json;
}
