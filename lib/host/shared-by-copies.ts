/**
 * One value for all copies of this package in a process: an application may load it as CommonJS and as a module, or in two
 * versions. If the shape of the value changes, its name must change.
 */
export function sharedByCopies<T>(name: string, make: () => T): T {
  const registry = globalThis as Record<symbol, unknown>;
  return (registry[Symbol.for(`nestjs-tracking.${name}`)] ??= make()) as T;
}
