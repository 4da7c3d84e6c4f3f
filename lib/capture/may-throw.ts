import { types } from 'node:util';
import { isPlainObject } from '../event/json-values.js';

/** Levels of nesting that are checked. Only the copy of an event reads deeper values, and it catches their errors. */
const MAX_DEPTH = 4;

/** Whether reading a value may run code of the application: a proxy, an accessor, a function, or a method of a class. */
export function mayThrow(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function';
  if (types.isProxy(value)) return true;
  if (depth === 0 || types.isDate(value)) return false;
  if (!isPlainObject(value) && !Array.isArray(value)) return true;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    (member) => !('value' in member) || mayThrow(member.value, depth - 1),
  );
}
