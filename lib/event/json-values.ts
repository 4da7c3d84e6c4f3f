/** An object of unknown members. Read its members by name: `__proto__` may be one of them. */
export type UnknownObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object and not an array. */
export function isObject(value: unknown): value is UnknownObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const EMPTY: UnknownObject = Object.freeze({});

/** A value that is an object; an empty object for any other value. */
export function objectOf(value: unknown): UnknownObject {
  return isObject(value) ? value : EMPTY;
}

/** A text that is not empty; `undefined` for any other value. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a value is an object of a literal or of JSON, also of another realm. Not an array, not an instance of a class. */
export function isPlainObject(value: unknown): value is UnknownObject {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** An own member of an object, which may inherit others from Object.prototype, such as `constructor`. */
export function ownMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The same value, frozen with all its members. */
export function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
}

/** The value of a JSON text; `undefined` if it is not JSON. Never throws. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
