import 'reflect-metadata';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { IdentityGuard } from './identity.guard.js';
import { IdentityInterceptor } from './identity.interceptor.js';

/** Nest's metadata keys of a gateway, its guards and its interceptors. */
const GATEWAY = 'websockets:is_gateway';
const GUARDS = '__guards__';
const INTERCEPTORS = '__interceptors__';

/** Before Nest 12, gateways get no global guards and interceptors, so ours are added to their classes, before all others. */
export function reachGateways(config: ApplicationConfig, modules: ModulesContainer): void {
  if ('registerPreRequestHook' in config) return;
  for (const { providers } of modules.values()) {
    for (const { metatype } of providers.values()) {
      if (typeof metatype !== 'function' || !Reflect.hasMetadata(GATEWAY, metatype)) continue;
      putInFront(GUARDS, metatype, IdentityGuard);
      putInFront(INTERCEPTORS, metatype, IdentityInterceptor);
    }
  }
}

/** Adds an instance, because Nest creates instances only of classes that it has found before. */
function putInFront(key: string, target: object, Ours: new () => object): void {
  const there = (Reflect.getMetadata(key, target) as unknown[] | undefined) ?? [];
  if (there.some((each) => each instanceof Ours)) return;
  Reflect.defineMetadata(key, [new Ours(), ...there], target);
}
