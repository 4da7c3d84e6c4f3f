import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Log } from '../../host/log.js';
import { isOfSocket } from '../../request/handler-request.js';
import { scopeLost, scopeOfAnother } from '../identity.messages.js';
import { isMessage } from '../../request/is-message.js';
import { noteHandler } from './note-handler.js';
import { goOnInScope, RequestScope, surroundings } from './request-scope.js';
import { scopeFor } from './scope-for.js';

/**
 * Lets everybody pass, and tells the scope of an HTTP request which handler it has come to. It is a guard because of what
 * Nest does for handlers without interceptors: one more interceptor is cheap, the first one adds about a tenth to the cost
 * of a request, a synchronous guard next to nothing.
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
 * A client that connected during one request calls back in that request's context for all later ones. What speaks of another
 * one is replaced. What speaks of nobody is left so: a scope entered there would stay, and the next to be called back, such
 * as a job without a request, would take it for its own.
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
 * Nothing of Nest's comes before the guards of a socket's message, and before Nest 12 of a microservice's, so that they and
 * the exception filters would know nobody; and a GraphQL request does not know which operation they are of. Entered where it
 * can stay with no other: within its own request; on a socket, where until the next message all is on behalf of that client;
 * and in a microservice, whose servers handle each message in a promise of its own.
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
