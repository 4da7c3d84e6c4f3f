/** An object of unknown members. Read its members by name: `__proto__` may be one of them. */
export type UnknownObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and no array. */
export function isObject(value: unknown): value is UnknownObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is an object that a literal or JSON made, also in another realm; no array, no instance of a class. */
export function isPlainObject(value: unknown): value is UnknownObject {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The value of a JSON text; `undefined` where it is not JSON. Never throws. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
