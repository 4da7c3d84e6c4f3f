import { isObject, objectOf, parsedJson, type UnknownObject } from '../../../event/json-values.js';

export { isObject, objectOf, type UnknownObject };

/** More than a batch of any sender has. Each becomes an object, so that a small compressed body could fill the memory. */
export const MAX_VALUES = 1_000_000;
/** Deeper values would overflow the stack of the code that shows or searches them. */
const MAX_DEPTH = 500;
/** A UTF-16 unit has at most this number of bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
const OPENS = /[[{]/g;
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/;
const DATE_LENGTH = 'YYYY-MM-DD'.length;

/** The value of a JSON text; undefined: it is not JSON, is nested too deeply, or has too many values. Never throws. */
export function parseJson(text: string): unknown {
  // Base64 in a body hides its values from the check of the body.
  if (hasTooManyValues(text)) return undefined;
  const value = parsedJson(text);
  return mayBeDeep(text) && isDeeper(value, MAX_DEPTH) ? undefined : value;
}

/** The array itself; an empty one in place of any other value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A text with at least one character. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An id as a lenient host reads it: a text, or a number, which becomes its text. */
export function idOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** The moment of an ISO-8601 text, epoch milliseconds; null: it is none. A text without a zone is UTC. */
export function isoTime(value: unknown): number | null {
  if (typeof value !== 'string' || !ISO.test(value)) return null;
  const isZoned = value.endsWith('Z') || value.length === DATE_LENGTH || ZONE.test(value);
  const time = Date.parse(isZoned ? value : `${value}Z`);
  return Number.isNaN(time) ? null : time;
}

export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Those of the named members that an object has. */
export function membersOf(object: UnknownObject, names: readonly string[]): UnknownObject {
  return Object.fromEntries(
    names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]),
  );
}

export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** Whether a text has more bytes than `max`. Cheap for a short text. */
export function isLonger(text: string, max: number): boolean {
  return text.length * MAX_BYTES_PER_UNIT > max && Buffer.byteLength(text) > max;
}

/** Whether a text has more values (of JSON, of a form or of lines) than the collector reads. Cheap for a short text. */
export function hasTooManyValues(text: string): boolean {
  if (text.length <= MAX_VALUES) return false;
  let left = MAX_VALUES;
  for (const separator of [',', '&', '\n']) {
    for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) {
      if (--left < 0) return true;
    }
  }
  return false;
}

/** A cheap test first: this number of brackets is rare. */
function mayBeDeep(text: string): boolean {
  if (text.length <= MAX_DEPTH) return false;
  OPENS.lastIndex = 0;
  let found = 0;
  while (found <= MAX_DEPTH && OPENS.test(text)) found++;
  return found > MAX_DEPTH;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}
