import type { JsonObject, JsonValue } from './tracking-event.js';

/** A value that JSON cannot hold: a BigInt, a circle, a getter or toJSON that throws. */
export class UnserialisableError extends Error {}

/** A value whose JSON is certainly larger than allowed. */
export class OversizeError extends Error {}

/** A copy that nobody else holds, with what is known of the size of its JSON without making it. */
export interface Snapshot {
  readonly value: JsonObject;
  /** UTF-16 units of all strings, plus the rest of the JSON: what plain text without escapes takes in bytes. */
  readonly size: number;
}

const MAX_DEPTH = 100;
/** A larger object is copied member by member, so that the copy stops at the limit. */
const MANY_MEMBERS = 1_000;
/** Buffer's own `toJSON`, which returns an array of numbers. A `toJSON` of the application is called. */
const BUFFER_TO_JSON: unknown = Buffer.prototype.toJSON;
/** What a number is taken for; its JSON has 1 to 24 bytes. */
const NUMBER_BYTES = 8;
/** JSON writes one UTF-16 unit in at most this many bytes (`\u0000`). No value takes more than this times its size. */
export const WORST_BYTES_PER_UNIT = 6;

// The state of the walk under way. A getter or toJSON may call track() again, so each walk keeps the one around it.
let size = 0;
let limit = 0;
let path: object[] = [];

/**
 * Copies a plain object as JSON would see it: `toJSON` is honoured, members that JSON leaves out are left out, a Map becomes
 * an object and a Set an array, bytes become base64 text, NaN and the infinities become null. Walks each value once and touches
 * nothing of the caller's; getters run at most once. Large values are measured before they are copied.
 *
 * @param maxBytes of JSON; it gives up as soon as the JSON is certainly longer
 * @throws UnserialisableError, OversizeError
 */
export function snapshot(input: object, maxBytes: number): Snapshot {
  const outer = { size, limit, path };
  size = 0;
  limit = maxBytes;
  path = [];
  try {
    const value = copy(input);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnserialisableError('not an object');
    }
    return { value: value as JsonObject, size };
  } catch (error) {
    throw ours(error);
  } finally {
    ({ size, limit, path } = outer);
  }
}

/** One of our two errors for whatever a walk ended with, of which even a look may throw again. */
function ours(error: unknown): Error {
  try {
    if (error instanceof UnserialisableError || error instanceof OversizeError) return error;
    if (error instanceof RangeError) return new UnserialisableError('too deep');
  } catch {
    // A proxy that was thrown.
  }
  return new UnserialisableError('a getter or toJSON threw');
}

function copy(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
      grow(value.length + 2);
      return value;
    case 'number':
      limit += NUMBER_BYTES - 1; // it may be a single digit
      grow(NUMBER_BYTES);
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      grow(4);
      return value;
    case 'object':
      return value === null ? nothing() : copyObject(value);
    case 'bigint':
      return copyBigInt(value);
    default:
      return undefined; // functions, symbols and undefined: JSON leaves them out
  }
}

function nothing(): null {
  grow(4);
  return null;
}

/** Many applications give BigInt a toJSON; without one it is as unwritable for us as for JSON. */
function copyBigInt(value: bigint): JsonValue {
  const toJSON = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJSON !== 'function') throw new UnserialisableError('a BigInt');
  return copy(toJSON.call(value, ''));
}

function copyObject(value: object): JsonValue {
  const toJSON = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJSON === 'function' && toJSON !== BUFFER_TO_JSON) {
    const json: unknown = toJSON.call(value, '');
    return typeof json === 'object' && json !== null ? copyMembers(json) : copy(json);
  }
  return copyMembers(value);
}

function copyMembers(value: object): JsonValue {
  if (path.includes(value)) throw new UnserialisableError('a circular reference');
  if (path.length >= MAX_DEPTH) throw new UnserialisableError('too deep');
  path.push(value);
  let result: JsonValue;
  if (Array.isArray(value)) result = copyArray(value);
  else if (value instanceof Map) result = copyMap(value);
  else if (value instanceof Set) result = copySet(value);
  else if (ArrayBuffer.isView(value)) result = copyBytes(value.buffer, value.byteOffset, value.byteLength);
  else if (isBuffer(value)) result = copyBytes(value, 0, value.byteLength);
  else if (isBoxed(value)) result = copy(value.valueOf());
  else result = copyRecord(value);
  path.pop();
  return result;
}

function isBoxed(value: object): boolean {
  return (
    value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt
  );
}

function isBuffer(value: object): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function copyBytes(buffer: ArrayBufferLike, offset: number, length: number): string {
  grow(Math.ceil(length / 3) * 4 + 2);
  return Buffer.from(buffer, offset, length).toString('base64');
}

function copyArray(values: readonly unknown[]): JsonValue[] {
  const { length } = values;
  // A proxy may call anything its length; one that is no number would make every later sum of sizes none either.
  if (!(length >= 0) || typeof length !== 'number')
    throw new UnserialisableError('an array without a length');
  limit += 1; // no comma after the last
  grow(2 + length);
  const result: JsonValue[] = [];
  for (let i = 0; i < length; i++) result.push(copy(values[i]) ?? null);
  return result;
}

function copySet(values: ReadonlySet<unknown>): JsonValue[] {
  limit += 1; // no comma after the last
  grow(2);
  const result: JsonValue[] = [];
  for (const value of values) {
    grow(1);
    result.push(copy(value) ?? null);
  }
  return result;
}

/** Of several keys with one text the last one counts, and the size of all. */
function copyMap(map: ReadonlyMap<unknown, unknown>): JsonObject {
  limit += 1; // no comma after the last
  grow(2);
  const entries: [string, JsonValue][] = [];
  // JSON has no members under symbols.
  for (const [key, value] of map) if (typeof key !== 'symbol') addMember(entries, String(key), value);
  return Object.fromEntries(entries);
}

function copyRecord(value: object): JsonObject {
  limit += 1; // no comma after the last
  grow(2);
  const keys = Object.keys(value);
  if (keys.length <= MANY_MEMBERS) return copyFew(value, keys);
  const entries: [string, JsonValue][] = [];
  for (const key of keys) addMember(entries, key, (value as Record<string, unknown>)[key]);
  return Object.fromEntries(entries);
}

function addMember(entries: [string, JsonValue][], key: string, value: unknown): void {
  const copied = copy(value);
  if (copied === undefined) return;
  grow(key.length + 4);
  entries.push([key, copied]);
}

/** Works on a shallow copy by the spread operator, which is several times faster than adding members one by one. */
function copyFew(value: object, keys: readonly string[]): JsonObject {
  const record: Record<string, unknown> = { ...value };
  // Members under symbols hold what is large and shared in an instance of a class, such as an ORM's session. Literals have
  // none, and looking for them costs more than the copy.
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    for (const symbol of Object.getOwnPropertySymbols(record)) Reflect.deleteProperty(record, symbol);
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const member = record[key];
    if (typeof member === 'string') grow(key.length + member.length + 6);
    else {
      const copied = copy(member);
      if (copied !== undefined) grow(key.length + 4);
      if (copied !== member) record[key] = copied;
    }
  }
  return record as JsonObject;
}

function grow(units: number): void {
  size += units;
  // Also where an object of the caller's gave a length that is no number.
  if (!(size <= limit)) throw new OversizeError();
}
