import 'reflect-metadata';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { IdentityGuard } from './identity.guard.js';
import { IdentityInterceptor } from './identity.interceptor.js';

/** Under what Nest keeps what makes a class a gateway, and what stands in front of its handlers. */
const GATEWAY = 'websockets:is_gateway';
const GUARDS = '__guards__';
const INTERCEPTORS = '__interceptors__';

/** Before Nest 12 nothing global comes to gateways: there ours are put on their classes, in front of what is there. */
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

/** An instance, because the classes that Nest makes itself are those it has found before. */
function putInFront(key: string, target: object, Ours: new () => object): void {
  const there = (Reflect.getMetadata(key, target) as unknown[] | undefined) ?? [];
  if (there.some((each) => each instanceof Ours)) return;
  Reflect.defineMetadata(key, [new Ours(), ...there], target);
}
