import type { ExecutionContext } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { Observable } from 'rxjs';
import { exchangeOf } from '../../request/handler-request.js';
import { RequestScope, runInScope } from './request-scope.js';

/**
 * Opens the scope of each message of a microservice before its guards (Nest 12 and later). Before Nest 12, the `IdentityGuard`
 * opens it. A hybrid application's microservice that does not inherit the configuration needs an `IdentityInterceptor`, which
 * runs after the guards.
 */
export function openBeforeMessages(config: ApplicationConfig): void {
  const { registerPreRequestHook } = config as { registerPreRequestHook?: (hook: Hook) => void };
  registerPreRequestHook?.call(config, inScopeOfMessage);
}

type Hook = (context: ExecutionContext, next: () => Observable<unknown>) => Observable<unknown>;

const inScopeOfMessage: Hook = (context, next) => {
  const scope = new RequestScope(exchangeOf(context).request);
  scope.context = context;
  return new Observable((subscriber) => runInScope(scope, () => next().subscribe(subscriber)));
};
