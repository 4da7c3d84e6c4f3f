import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Log } from '../../host/log.js';
import { isOfSocket, isMessage } from '../../request/handler-request.js';
import { scopeLost, scopeOfAnother } from '../identity.messages.js';
import { goOnInScope, noteHandler, RequestScope, scopeFor, surroundings } from './request-scope.js';

/**
 * Allows every request, and sets the handler of an HTTP request's scope. A synchronous guard costs almost nothing, but the first
 * interceptor of a handler adds about a tenth to the cost of a request.
 *
 * No `@Injectable()`, because Sentry wraps such guards in a span, and a context entered in a span ends with it.
 */
export class IdentityGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (noteHandler(context)) return true;
    if (context.getType() === 'http' && !isMessage(context)) mend(context);
    else enter(context);
    return true;
  }
}

/**
 * A client that connected during one request calls back in that request's context later, too. The scope of another request is
 * replaced. A missing scope is not: the new one would stay, and a later callback, such as a job without a request, would get it.
 */
function mend(context: ExecutionContext): void {
  if (surroundings() === undefined) {
    log.warnOnce('scope', 'lost', scopeLost);
    return;
  }
  log.warnOnce('scope', 'foreign', scopeOfAnother);
  goOnInScope(scopeFor(context));
}

/**
 * Opens the scope for guards and exception filters, because nothing of Nest runs before the guards of a socket's message, and
 * before Nest 12 of a microservice's. Only where no other client can get it: within its own request, on a client's own socket,
 * and in a microservice, whose server handles each message in its own promise.
 */
function enter(context: ExecutionContext): void {
  const around = surroundings();
  const free = around === undefined || around.scope instanceof LeftOnSocket;
  const scope = scopeFor(context, LeftOnSocket);
  const itsOwn = isOfSocket(context) || context.getType() === 'rpc';
  if (scope.root !== scope || (free && itsOwn)) goOnInScope(scope);
}

/** The scope of a socket's last message. */
class LeftOnSocket extends RequestScope {}

const log = new Log();
