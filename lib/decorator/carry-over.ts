import 'reflect-metadata';

type AnyFunction = (...args: never[]) => unknown;

/** Copies name, length, own properties and metadata of other decorators to a wrapper. */
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
