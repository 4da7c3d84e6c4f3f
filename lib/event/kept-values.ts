import { types } from 'node:util';

/** Buffer's own `toJSON`, which returns an array of numbers. A `toJSON` of the application is called. */
const BUFFER_TO_JSON: unknown = Buffer.prototype.toJSON;
const DIGITS = /^-?\d+$/;

/** Whether a member is a `toJSON` of the application or a library, and not Buffer's. */
export function isToJson(member: unknown): member is (key: string) => unknown {
  return typeof member === 'function' && member !== BUFFER_TO_JSON;
}

/** Whether it is an error, also of another realm, such as Node's errors in Jest. */
export function isError(value: object): value is Error {
  return value instanceof Error || value instanceof DOMException || types.isNativeError(value);
}

/** An error's name, message and code; never its stack, and no members that a library added. */
export function errorMembers(error: Error): object {
  const { name, message, code } = error as { name: unknown; message: unknown; code?: unknown };
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : '',
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
  };
}

/** The text of an object whose members do not show its value; `undefined` for any other. */
export function textOf(value: object): string | undefined {
  return value instanceof URLSearchParams ? value.toString() : longText(value);
}

/**
 * The digits of a 64-bit integer of BSON, long.js or neo4j. Recognised by marks of their prototypes, because other classes have
 * `low` and `high`, too, with getters that may throw.
 */
function longText(value: object): string | undefined {
  const { __isLong__: isLong, __isInteger__: isInteger } = value as Record<string, unknown>;
  if (isLong !== true && isInteger !== true) return undefined;
  const text: unknown = (value as { toString?(): unknown }).toString?.();
  return typeof text === 'string' && DIGITS.test(text) ? text : undefined;
}

/** The text of a number for which a driver's `toJSON` returns BSON's extended JSON, such as `{ $numberDecimal: '5.20' }`. */
export function extendedText(json: object): string | undefined {
  const { $numberDecimal: decimal, $timestamp: time } = json as Record<string, unknown>;
  const text = decimal ?? time;
  return typeof text === 'string' ? text : undefined;
}
