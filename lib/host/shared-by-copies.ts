/**
 * One thing for all copies of this package in a process: an application may load it as CommonJS and as a module, or get two
 * versions of it. Named for its shape: another shape needs another name.
 */
export function sharedByCopies<T>(name: string, make: () => T): T {
  const registry = globalThis as Record<symbol, unknown>;
  return (registry[Symbol.for(`nestjs-tracking.${name}`)] ??= make()) as T;
}
