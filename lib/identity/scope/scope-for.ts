import type { ExecutionContext } from '@nestjs/common';
import { exchangeOf } from '../../request/handler-request.js';
import { RequestScope, surroundings } from './request-scope.js';

/** A new scope for a handler. The operations of one GraphQL request share its root scope, and each has its own handler. */
export function scopeFor(context: ExecutionContext, Scope = RequestScope): RequestScope {
  const running = surroundings()?.scope;
  const { request = running?.request, response } = exchangeOf(context);
  const scope =
    running !== undefined && running.request === request && context.getType<string>() === 'graphql'
      ? new RequestScope(request, running.response, running)
      : new Scope(request, response);
  scope.context = context;
  return scope;
}
