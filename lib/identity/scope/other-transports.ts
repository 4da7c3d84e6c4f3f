import { MetadataScanner, type ModulesContainer } from '@nestjs/core';

/** Under what the optional packages of Nest keep what makes a class or method a handler. */
const MARKS = ['microservices:', 'websockets:', 'graphql:'];

/**
 * Whether an application answers to anything but plain HTTP, as far as its classes say it: message patterns, gateways,
 * GraphQL resolvers. Read from metadata, so that none of those packages need be here.
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
