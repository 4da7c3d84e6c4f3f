import { isObject, type UnknownObject } from '../event/json-values.js';

const NONE: UnknownObject = Object.freeze({});

/** A value that is an object; an empty object for any other value. */
export function objectOf(value: unknown): UnknownObject {
  return isObject(value) ? value : NONE;
}

/** A text that is not empty; `undefined` for any other value. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
