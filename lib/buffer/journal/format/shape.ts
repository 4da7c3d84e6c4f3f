import { isObject, type UnknownObject } from '../../../event/json-values.js';

/** Whether a value of a file is what its reader expects. */
export type Check = (value: unknown) => boolean;

export type Shape = Readonly<Record<string, Check>>;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Whether a value is an object with these members; it may have others. */
export function hasShape(value: unknown, shape: Shape): value is UnknownObject {
  return isObject(value) && Object.entries(shape).every(([name, check]) => check(value[name]));
}

/** As {@link hasShape}, without other members. A filter with an unknown member would select too much. */
export function hasExactShape(value: unknown, shape: Shape): value is UnknownObject {
  return hasShape(value, shape) && Object.keys(value).every((name) => Object.hasOwn(shape, name));
}
