import { hasTooManyValues } from '../../too-many-values.js';

/** A JSON object of unknown members. Read its members by name only: `__proto__` is a member like any other. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper values would overflow the stack of whoever shows or searches them. */
const MAX_DEPTH = 500;

/** The value of a JSON text; undefined: it is not JSON, is nested too deeply, or has too many values. Never throws. */
export function parseJson(text: string): unknown {
  // Base64 in a body hides its values from the check of the body.
  if (hasTooManyValues(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return mayBeDeep(text) && isDeeper(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object itself; an empty one in place of any other value. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : EMPTY;
}

/** A text with at least one character. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An id as a lenient host takes it: a text, or a number, which becomes its text. */
export function idOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** The UTF-8 bytes of a value as JSON. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** A UTF-16 unit has at most so many bytes in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

/** Whether a text has more bytes than `max`. Cheap for a short text. */
export function isLonger(text: string, max: number): boolean {
  return text.length * MOST_BYTES_PER_UNIT > max && Buffer.byteLength(text) > max;
}

const EMPTY: JsonObject = Object.freeze({});
const OPENS = /[[{]/g;

/** A cheap test first: so many brackets are rare. */
function mayBeDeep(text: string): boolean {
  if (text.length <= MAX_DEPTH) return false;
  OPENS.lastIndex = 0;
  for (let found = 0; OPENS.test(text);) if (++found > MAX_DEPTH) return true;
  return false;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}
