import type { HttpServer } from '@nestjs/common';
import { RequestScope, runInScope, surroundings } from './request-scope.js';

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
export function identityMiddleware(request: object, response: object, next: () => void): void {
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
