import { isHandler } from './is-handler.js';

/**
 * The name of a handler's method, as its class has it: a decorator or tracer that wraps a method often gives the wrapper no name,
 * or another one.
 */
export function handlerName(itsClass: Function, handler: Function): string {
  const prototypes = prototypesOf(itsClass);
  if (prototypes.some((prototype) => isHandler(valueOf(prototype, handler.name), handler)))
    return handler.name;
  for (const prototype of prototypes) {
    const name = Object.getOwnPropertyNames(prototype).find((key) =>
      isHandler(valueOf(prototype, key), handler),
    );
    if (name !== undefined) return name;
  }
  return handler.name;
}

function prototypesOf(itsClass: Function): object[] {
  const prototypes: object[] = [];
  let prototype = itsClass.prototype as object | null | undefined;
  while (prototype !== undefined && prototype !== null) {
    prototypes.push(prototype);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return prototypes;
}

/** Without calling a getter. */
function valueOf(prototype: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)?.value as unknown;
}
