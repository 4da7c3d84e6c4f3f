import 'reflect-metadata';

type AnyFunction = (...args: never[]) => unknown;

/** Makes a wrapper look like what it wraps: name, length, own properties, and what other decorators noted on it. */
export function carryOver(from: AnyFunction, to: AnyFunction): void {
  for (const key of Reflect.ownKeys(from)) {
    const there = Object.getOwnPropertyDescriptor(to, key);
    if (there?.configurable === false) continue;
    Object.defineProperty(to, key, Object.getOwnPropertyDescriptor(from, key)!);
  }
  for (const key of Reflect.getOwnMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, from), to);
  }
}
