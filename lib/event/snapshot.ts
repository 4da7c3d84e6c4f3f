import { types } from 'node:util';
import { guarded } from '../host/guarded.js';
import { errorMembers, extendedText, isError, isToJson, textOf } from './kept-values.js';
import { kindOf } from './kind-of.js';
import { pathText } from './path-text.js';
import type { JsonObject, JsonValue } from './tracking-event.js';
import { OversizeError, UnserialisableError, type Obstacle } from './unserialisable.js';

/** A private copy, with the estimated size of its JSON. */
export interface Snapshot {
  readonly value: JsonObject;
  /** UTF-16 units of all strings, plus the rest of the JSON: its bytes if it has only ASCII text without escapes. */
  readonly size: number;
}

const MAX_DEPTH = 100;
/** A larger object is copied member by member, so that the copy stops at the limit. */
const MANY_MEMBERS = 1_000;
/** The estimated size of a number. Its JSON has 1 to 24 bytes. */
const NUMBER_BYTES = 8;
/** JSON writes one UTF-16 unit in at most this many bytes (`\u0000`). No value's JSON has more than this times its size. */
export const WORST_BYTES_PER_UNIT = 6;

// The state of the running copy. A getter or toJSON may call track(), so each copy restores the state of the outer one.
let size = 0;
let limit = 0;
/** The path down to the current value: each object, and the member that is being copied (`undefined` before the first one). */
let path: unknown[] = [];

/**
 * Copies a plain object as JSON would see it: `toJSON` is honoured, members that JSON leaves out are left out, NaN and the
 * infinities become null. Values that JSON would refuse or lose are kept: a Map becomes an object and a Set an array, a bigint
 * its digits, bytes base64 text, an Error its name, message and code; search parameters and numbers of drivers become their text.
 * Reads each value once, and changes none; getters run at most once. Large values are measured before they are copied.
 *
 * @param maxBytes of JSON; the copy ends as soon as the JSON is certainly longer
 * @param called the first name of the paths in errors, such as `context`
 * @throws UnserialisableError, OversizeError
 */
export function snapshot(input: object, maxBytes: number, called?: string): Snapshot {
  const outer = { size, limit, path };
  size = 0;
  limit = maxBytes;
  path = [];
  try {
    const value = copy(input);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnserialisableError('no_object', '', kindOf(input));
    }
    return { value: value as JsonObject, size };
  } catch (error) {
    const known = knownError(error);
    throw called !== undefined && known instanceof UnserialisableError ? known.below(called) : known;
  } finally {
    ({ size, limit, path } = outer);
  }
}

/** One of our two errors for any error of a copy. A thrown proxy may throw for `instanceof`, too. */
function knownError(error: unknown): Error {
  const known = guarded(() =>
    error instanceof UnserialisableError || error instanceof OversizeError ? error : undefined,
  );
  return known ?? obstacle('threw');
}

/** At the member that is being copied. */
function obstacle(what: Obstacle): UnserialisableError {
  const keys = path.filter((key, i) => i % 2 === 1 && key !== undefined) as PropertyKey[];
  return new UnserialisableError(what, pathText(keys, what === 'threw' ? onlyGetter() : undefined));
}

/** The members of a small object are read together, so of several getters, the one that threw is unknown. */
function onlyGetter(): string | undefined {
  const [object, member] = path.slice(-2);
  if (typeof object !== 'object' || object === null || member !== undefined) return undefined;
  // A proxy may throw here.
  return guarded(() => {
    const getters = Object.entries(Object.getOwnPropertyDescriptors(object)).filter(
      ([, property]) => property.enumerable === true && !('value' in property),
    );
    return getters.length === 1 ? getters[0]![0] : undefined;
  });
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

/** Many applications define BigInt.prototype.toJSON. It is called only once, also if it returns a bigint. */
function copyBigInt(value: bigint): JsonValue {
  const toJSON = (value as { toJSON?: unknown }).toJSON;
  const json: unknown = typeof toJSON === 'function' ? toJSON.call(value, '') : value;
  return copy(typeof json === 'bigint' ? String(json) : json);
}

function copyObject(value: object): JsonValue {
  const toJSON = (value as { toJSON?: unknown }).toJSON;
  // The toJSON of an HTTP client's error returns the headers of the request, with its credentials.
  if (!isToJson(toJSON) || isError(value)) return copyMembers(value);
  const json = toJSON.call(value, '');
  if (typeof json !== 'object' || json === null) return copy(json);
  const text = extendedText(json);
  return text === undefined ? copyMembers(json) : copy(text);
}

function copyMembers(value: object): JsonValue {
  if (path.includes(value)) throw obstacle('circular');
  if (path.length >= 2 * MAX_DEPTH) throw obstacle('too_deep');
  path.push(value);
  path.push(undefined);
  let result: JsonValue;
  if (Object.getPrototypeOf(value) === Object.prototype) result = copyRecord(value);
  else if (Array.isArray(value)) result = copyArray(value);
  else result = copyInstance(value);
  path.pop();
  path.pop();
  return result;
}

function copyInstance(value: object): JsonValue {
  // A promise has no members: the event would be stored without its properties.
  if (path.length === 2 && types.isPromise(value))
    throw new UnserialisableError('no_object', '', kindOf(value));
  if (value instanceof Map) return copyMap(value);
  if (value instanceof Set) return copySet(value);
  if (ArrayBuffer.isView(value)) return copyBytes(value.buffer, value.byteOffset, value.byteLength);
  if (isBuffer(value)) return copyBytes(value, 0, value.byteLength);
  if (isBoxed(value)) return copy(value.valueOf());
  if (isError(value)) return copyRecord(errorMembers(value));
  const text = textOf(value);
  return text === undefined ? copyRecord(value) : copy(text);
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
  // A proxy may return any length. One that is not a number would make all later sizes NaN.
  if (!(length >= 0) || typeof length !== 'number') throw obstacle('no_length');
  limit += 1; // no comma after the last
  grow(2 + length);
  const result: JsonValue[] = [];
  for (let i = 0; i < length; i++) result.push(copyMember(i, values[i]) ?? null);
  return result;
}

function copySet(values: ReadonlySet<unknown>): JsonValue[] {
  limit += 1; // no comma after the last
  grow(2);
  const result: JsonValue[] = [];
  for (const value of values) {
    grow(1);
    result.push(copyMember(result.length, value) ?? null);
  }
  return result;
}

/** Of several keys with the same text, the last one is kept, and the sizes of all are counted. */
function copyMap(map: ReadonlyMap<unknown, unknown>): JsonObject {
  limit += 1; // no comma after the last
  grow(2);
  const entries: [string, JsonValue][] = [];
  // JSON has no members under symbols.
  for (const [key, value] of map) {
    if (typeof key !== 'symbol') addMember(entries, String(key), value);
  }
  return Object.fromEntries(entries);
}

function copyRecord(value: object): JsonObject {
  limit += 1; // no comma after the last
  grow(2);
  const keys = Object.keys(value);
  if (keys.length <= MANY_MEMBERS) return copyFew(value, keys);
  const entries: [string, JsonValue][] = [];
  for (const key of keys) {
    path[path.length - 1] = key;
    addMember(entries, key, (value as Record<string, unknown>)[key]);
  }
  return Object.fromEntries(entries);
}

function copyMember(key: PropertyKey, value: unknown): JsonValue {
  path[path.length - 1] = key;
  return copy(value);
}

function addMember(entries: [string, JsonValue][], key: string, value: unknown): void {
  const copied = copyMember(key, value);
  if (copied === undefined) return;
  grow(key.length + 4);
  entries.push([key, copied]);
}

/** Changes a shallow copy, which is several times faster than adding members one by one. */
function copyFew(value: object, keys: readonly string[]): JsonObject {
  const record: Record<string, unknown> = { ...value };
  // In an instance of a class, members under symbols hold large shared objects, such as an ORM's session. Literals have none, and
  // the search costs more than the copy.
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    for (const symbol of Object.getOwnPropertySymbols(record)) Reflect.deleteProperty(record, symbol);
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const member = record[key];
    if (typeof member === 'string') grow(key.length + member.length + 6);
    else {
      // Only objects can be refused, so the path is needed only for them.
      const copied = typeof member === 'object' ? copyMember(key, member) : copy(member);
      if (copied !== undefined) grow(key.length + 4);
      if (copied !== member) record[key] = copied;
    }
  }
  return record as JsonObject;
}

function grow(units: number): void {
  size += units;
  // Also if an object of the caller returned a length that is not a number.
  if (!(size <= limit)) throw new OversizeError();
}
