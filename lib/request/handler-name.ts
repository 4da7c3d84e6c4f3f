import 'reflect-metadata';

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

/** The metadata key of Nest for a method's route. */
const PATH = 'path';

/**
 * Whether a method is the handler that Nest calls. OpenTelemetry's and Sentry's instrumentations replace the method by a
 * wrapper with the same metadata, including the route, because guards read it there.
 */
export function isHandler(method: unknown, handler: Function): boolean {
  if (method === handler) return true;
  if (typeof method !== 'function' || !Reflect.hasMetadata(PATH, method)) return false;
  const keys: unknown[] = Reflect.getMetadataKeys(method);
  return keys.every((key) => Reflect.getMetadata(key, handler) === Reflect.getMetadata(key, method));
}
