import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Log } from '../host/log.js';
import { exchangeOf } from './handler-request.js';
import { scopeLost, scopeOfAnother } from './identity.messages.js';
import { noteHandler } from './note-handler.js';
import { goOnInScope, RequestScope, surroundings } from './request-scope.js';

/**
 * Lets everybody pass, and tells the scope of an HTTP request which handler it has come to. It is a guard because of what
 * Nest does for handlers without interceptors: one more interceptor is cheap, the first one adds about a tenth to the cost
 * of a request, a synchronous guard next to nothing.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (!noteHandler(context) && context.getType() === 'http') mend(context);
    return true;
  }
}

/**
 * A client that connected during one request calls back in that request's context for all later ones. What speaks of another
 * one is replaced. What speaks of nobody is left so: a scope entered there would stay, and the next to be called back, such
 * as a job without a request, would take it for its own.
 */
function mend(context: ExecutionContext): void {
  if (surroundings() === undefined) {
    log.warnOnce('no-scope', scopeLost);
    return;
  }
  log.warnOnce('foreign-scope', scopeOfAnother);
  const { request, response } = exchangeOf(context);
  const own = new RequestScope(request, response);
  own.context = context;
  goOnInScope(own);
}

const log = new Log();
