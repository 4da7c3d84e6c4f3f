import { FAILURES, type Failure } from './mixpanel.messages.js';
import { jsonBytes, type UnknownObject } from '../reading/json.js';

export const MAX_RECORDS = 2_000;
export const MAX_BYTES = 10_000_000;
const MAX_RECORD_BYTES = 1_000_000;
const MAX_ID_BYTES = 36;
/** Exclusive: of the properties, of each object in them, and of the items of an array. */
const MAX_MEMBERS = 255;
const MAX_DEPTH = 3;
const MAX_TEXT = 255;
const HOUR_MS = 3_600_000;
const TRACK_WINDOW_MS = 5 * 24 * HOUR_MS;
/** 1971-01-01, milliseconds. As seconds, this number is in the year 2969. */
const EARLIEST_MS = 31_536_000_000;

// prettier-ignore
const BANNED: ReadonlySet<string> = new Set([
  '00000000-0000-0000-0000-000000000000', 'anon', 'anonymous', 'nil', 'none', 'null', 'n/a', 'na', 'undefined',
  'unknown', '<nil>', '0', '-1', 'true', 'false', '[]', '{}',
]);

export function isBanned(id: string): boolean {
  return id.length <= MAX_ID_BYTES && BANNED.has(id.trim().toLowerCase());
}

export function insertIdFailure(id: string): Failure | undefined {
  if (id.length > MAX_ID_BYTES || !/^[A-Za-z\d-]+$/.test(id)) return FAILURES.badInsertId;
  return isBanned(id) ? FAILURES.bannedInsertId : undefined;
}

/** A time in seconds or milliseconds, as milliseconds; undefined: it is neither. */
export function timeOf(value: unknown, isWhole: boolean): number | undefined {
  if (typeof value !== 'number' || (isWhole && !Number.isInteger(value))) return undefined;
  const time = value >= EARLIEST_MS ? value : value * 1_000;
  return time >= EARLIEST_MS && time < Number.MAX_SAFE_INTEGER ? Math.round(time) : undefined;
}

export function timeFailure(time: number, receivedAt: number, isTrack: boolean): Failure | undefined {
  if (time - receivedAt > HOUR_MS) return FAILURES.aheadTime;
  return isTrack && receivedAt - time > TRACK_WINDOW_MS ? FAILURES.oldTime : undefined;
}

export function sizeFailure(record: UnknownObject, bodyLength: number): Failure | undefined {
  return bodyLength > MAX_RECORD_BYTES / 3 && jsonBytes(record) > MAX_RECORD_BYTES
    ? FAILURES.tooLarge
    : undefined;
}

/** Counts members and levels. The properties themselves are level 0. */
export function shapeFailure(value: object, level = 0): Failure | undefined {
  if (level > MAX_DEPTH) return FAILURES.depth;
  const isArray = Array.isArray(value);
  const members: readonly unknown[] = isArray ? value : Object.values(value);
  if (members.length >= MAX_MEMBERS) return isArray ? FAILURES.items : FAILURES.members;
  for (const member of members) {
    if (typeof member !== 'object' || member === null) continue;
    // The items of an array are no further level.
    const found = shapeFailure(member, Array.isArray(member) ? level : level + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The properties as Mixpanel stores them; the same object if nothing is cut. */
export function withCutTexts(properties: UnknownObject): UnknownObject {
  const cut = Object.entries(properties).flatMap(([name, value]) =>
    typeof value === 'string' && value.length > MAX_TEXT ? [[name, value.slice(0, MAX_TEXT)]] : [],
  );
  return cut.length === 0 ? properties : { ...properties, ...Object.fromEntries(cut) };
}
