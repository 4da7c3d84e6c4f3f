import { isObject, parsedJson, type UnknownObject } from '../../../event/json-values.js';
import { checksum } from './checksum.js';
import { hasShape, type Check } from './shape.js';

const BEFORE = ',"crc":"';
const AFTER = '"}';
const TAIL = BEFORE.length + 8 + AFTER.length;

/**
 * An object as one line of JSON with its checksum as the last member.
 *
 * @param value has at least one member, and none with the name `crc`
 */
export function toCheckedLine(value: object): string {
  const checked = JSON.stringify(value).slice(0, -1);
  return `${checked}${BEFORE}${checksum(checked)}${AFTER}\n`;
}

/** The object of such a line without its checksum; `undefined` if the checksum is wrong. The line feed may be missing. */
export function fromCheckedLine(line: string): UnknownObject | undefined {
  const end = line.endsWith('\n') ? line.length - 1 : line.length;
  const at = end - TAIL;
  if (at < 2 || !line.startsWith(BEFORE, at) || !line.startsWith(AFTER, end - AFTER.length)) return undefined;
  const checked = line.slice(0, at);
  if (checksum(checked) !== line.slice(at + BEFORE.length, end - AFTER.length)) return undefined;
  const value = parsedJson(`${checked}}`);
  return isObject(value) ? value : undefined;
}

/** One kind of line of a log. */
export interface LineKind<T> {
  readonly encode: (line: T) => string;
  /** The line's content; `undefined` for the content of any other line. */
  readonly read: (value: UnknownObject) => T | undefined;
}

/** @param shape all members of the line, in the order in which they are written */
export function lineKind<T extends object>(shape: Readonly<Record<keyof T & string, Check>>): LineKind<T> {
  const names = Object.keys(shape) as (keyof T)[];
  return {
    encode: (line) => toCheckedLine(Object.fromEntries(names.map((name) => [name, line[name]]))),
    read: (value) => (hasShape(value, shape) ? (value as T) : undefined),
  };
}
