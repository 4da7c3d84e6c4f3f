import { MetadataScanner, type ModulesContainer } from '@nestjs/core';

/** Prefixes of the metadata keys with which Nest's optional packages mark handlers. */
const MARKS = ['microservices:', 'websockets:', 'graphql:'];

/**
 * Whether an application has message patterns, gateways or GraphQL resolvers. Reads metadata, so that those packages need not be
 * installed.
 */
export function hasOtherTransports(modules: ModulesContainer): boolean {
  const scanner = new MetadataScanner();
  for (const { controllers, providers } of modules.values()) {
    for (const { metatype } of [...controllers.values(), ...providers.values()]) {
      if (typeof metatype === 'function' && isMarked(metatype, scanner)) return true;
    }
  }
  return false;
}

function isMarked(metatype: Function, scanner: MetadataScanner): boolean {
  if (hasMark(metatype)) return true;
  const prototype = metatype.prototype as Record<string, unknown> | undefined | null;
  if (prototype === undefined || prototype === null) return false;
  return scanner.getAllMethodNames(prototype).some((name) => hasMark(prototype[name]));
}

function hasMark(target: unknown): boolean {
  if (typeof target !== 'function') return false;
  const keys: unknown[] = Reflect.getMetadataKeys(target);
  return keys.some((key) => typeof key === 'string' && MARKS.some((mark) => key.startsWith(mark)));
}
