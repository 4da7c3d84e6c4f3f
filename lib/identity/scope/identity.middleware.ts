import type { HttpServer } from '@nestjs/common';
import { RequestScope, runInScope, surroundings } from './request-scope.js';

/**
 * Opens the scope of each HTTP request before Nest's guards.
 *
 * It goes onto the platform itself and not through Nest's `consumer`, which would wrap it into an async function and match a
 * path at every request. Call it while the module configures its middleware: body parsers are in place by then, routes are
 * not. What it does not reach gets its scope from the `IdentityInterceptor`.
 */
export function mountIdentity(adapter: HttpServer | undefined | null): void {
  if (adapter === undefined || adapter === null) return;
  if (adapter.getType() === 'fastify') hookInto(adapter.getInstance() as FastifyLike);
  else adapter.use(identityMiddleware);
}

/** For Express, and for platforms that speak its language. */
export function identityMiddleware(request: object, response: object, next: () => void): void {
  runInScope(new RequestScope(request, response), next);
}

/**
 * Fastify gets hooks in place of middleware: they are handed Fastify's own request, on which guards and plugins put the user,
 * where middleware sees the raw one.
 */
function hookInto(fastify: FastifyLike): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const scope = new RequestScope(request, reply);
    request[SCOPE] = scope;
    runInScope(scope, done);
  });
  // Hooks in between may have gone on in the context of whatever they waited for, such as a session store's socket.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const scope = request[SCOPE];
    if (scope === undefined || surroundings()?.scope === scope) done();
    else runInScope(scope, done);
  });
}

/** A WeakMap would cost more than all the rest: entries of one request each keep the garbage collector busy. */
const SCOPE = Symbol('nestjs-tracking.scope');

interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preHandler',
    hook: (request: { [SCOPE]?: RequestScope }, reply: object, done: () => void) => void,
  ): unknown;
}
