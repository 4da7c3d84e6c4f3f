import type { ExecutionContext } from '@nestjs/common';
import { exchangeOf } from '../../request/handler-request.js';
import { RequestScope, surroundings } from './request-scope.js';

/**
 * Sets the handler of the running scope. False if that scope is not the handler's own: there is no scope, it belongs to another
 * request, or several handlers share it.
 */
export function noteHandler(context: ExecutionContext): boolean {
  const scope = surroundings()?.scope;
  if (scope === undefined) return false;
  const { context: noted } = scope;
  // Guards and interceptors get different contexts with the same arguments.
  if (noted !== undefined && noted.getArgs() === context.getArgs()) return true;
  if (context.getType() !== 'http' || scope.request !== context.getArgByIndex(0)) return false;
  scope.context = context;
  return true;
}

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
