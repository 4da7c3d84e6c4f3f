import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { noteHandler } from './note-handler.js';
import { runInScope } from './request-scope.js';
import { scopeFor } from './scope-for.js';

/**
 * Gives handlers that no HTTP middleware precedes (microservices, WebSocket, scheduled contexts) their own scope, so that
 * events know whom they are about. The module registers it where an application has such handlers. Put it on a class or
 * method with `@UseInterceptors(IdentityInterceptor)` where global interceptors do not reach, as in a hybrid application's
 * microservices; running twice does no harm.
 */
@Injectable()
export class IdentityInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (noteHandler(context)) return next.handle();
    const scope = scopeFor(context);
    return new Observable((subscriber) => runInScope(scope, () => next.handle().subscribe(subscriber)));
  }
}
