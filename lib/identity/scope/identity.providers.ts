import type { ExecutionContext, HttpServer, Provider } from '@nestjs/common';
import {
  APP_GUARD,
  APP_INTERCEPTOR,
  ApplicationConfig,
  HttpAdapterHost,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import 'reflect-metadata';
import { Observable } from 'rxjs';
import { exchangeOf } from '../../request/handler-request.js';
import { IdentityGuard } from './identity.guard.js';
import { IdentityInterceptor } from './identity.interceptor.js';
import { RequestScope, runInScope, surroundings } from './request-scope.js';

/** The providers that open the scope of every handler of the application. */
export const identityProviders: Provider[] = [
  { provide: APP_GUARD, useClass: IdentityGuard },
  { provide: Symbol('before messages'), inject: [ApplicationConfig], useFactory: openBeforeMessages },
  {
    provide: Symbol('gateways'),
    inject: [ApplicationConfig, ModulesContainer],
    useFactory: reachGateways,
  },
  {
    provide: APP_INTERCEPTOR,
    inject: [ModulesContainer, { token: HttpAdapterHost, optional: true }],
    // Nest ignores a factory that returns undefined, so a plain HTTP application keeps Nest's fast path without interceptors.
    useFactory: (modules: ModulesContainer, host: HttpAdapterHost | undefined) => {
      // On Fastify, the `preHandler` hook has restored the scope before any guard.
      const late = host?.httpAdapter?.getType() !== 'fastify' && hasGuardsAhead(modules);
      return late || hasOtherTransports(modules) ? new IdentityInterceptor() : undefined;
    },
  },
];

/**
 * Opens the scope of each message of a microservice before its guards (Nest 12 and later). Before Nest 12, the `IdentityGuard`
 * opens it. A hybrid application's microservice that does not inherit the configuration needs an `IdentityInterceptor`, which
 * runs after the guards.
 */
function openBeforeMessages(config: ApplicationConfig): void {
  const { registerPreRequestHook } = config as { registerPreRequestHook?: (hook: Hook) => void };
  registerPreRequestHook?.call(config, inScopeOfMessage);
}

type Hook = (context: ExecutionContext, next: () => Observable<unknown>) => Observable<unknown>;

const inScopeOfMessage: Hook = (context, next) => {
  const scope = new RequestScope(exchangeOf(context).request);
  scope.context = context;
  return new Observable((subscriber) => runInScope(scope, () => next().subscribe(subscriber)));
};

/**
 * Whether other global guards run before ours, by the order of modules. After an asynchronous guard, Nest continues in the
 * context from before it, and the scope that our guard enters is lost.
 */
function hasGuardsAhead(modules: ModulesContainer): boolean {
  let others = false;
  for (const { providers } of modules.values()) {
    for (const { subtype, metatype } of providers.values()) {
      if (metatype === IdentityGuard) return others;
      if (subtype === 'guard') others = true;
    }
  }
  return false;
}

/** Prefixes of the metadata keys with which Nest's optional packages mark handlers. */
const MARKS = ['microservices:', 'websockets:', 'graphql:'];

/**
 * Whether an application has message patterns, gateways or GraphQL resolvers. Reads metadata, so that those packages need not be
 * installed.
 */
function hasOtherTransports(modules: ModulesContainer): boolean {
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

/**
 * Opens the scope of each HTTP request before Nest's guards.
 *
 * It is registered with the platform. Nest's `consumer` would wrap it in an async function and match a path at every request.
 * Call it while the module configures its middleware: after the body parsers, before the routes. The `IdentityInterceptor` opens
 * the scope of all other handlers.
 */
export function mountIdentity(adapter: HttpServer | undefined | null): void {
  if (adapter === undefined || adapter === null) return;
  if (adapter.getType() === 'fastify') hookInto(adapter.getInstance() as FastifyLike);
  else adapter.use(identityMiddleware);
}

/** For Express, and platforms with the same middleware. */
function identityMiddleware(request: object, response: object, next: () => void): void {
  runInScope(new RequestScope(request, response), next);
}

/**
 * Fastify gets hooks, because middleware gets only the raw request. Guards and plugins set the user on Fastify's own request.
 */
function hookInto(fastify: FastifyLike): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const scope = new RequestScope(request, reply);
    request[SCOPE] = scope;
    runInScope(scope, done);
  });
  // Hooks in between may have lost the async context, such as in a callback of a session store's socket.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const scope = request[SCOPE];
    if (scope === undefined || surroundings()?.scope === scope) done();
    else runInScope(scope, done);
  });
}

/** A WeakMap would cost more, because an entry for each request keeps the garbage collector busy. */
const SCOPE = Symbol('nestjs-tracking.scope');

interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preHandler',
    hook: (request: { [SCOPE]?: RequestScope }, reply: object, done: () => void) => void,
  ): unknown;
}
