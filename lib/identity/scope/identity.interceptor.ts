import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { noteHandler, runInScope, scopeFor } from './request-scope.js';

/**
 * Provides the identity for handlers without HTTP middleware (microservices, WebSocket, scheduled contexts). The module
 * registers it globally for applications with such handlers. Add `@UseInterceptors(IdentityInterceptor)` to a class or
 * method that global interceptors do not cover, such as in a hybrid application's microservices; running it twice is
 * harmless.
 */
@Injectable()
export class IdentityInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (noteHandler(context)) return next.handle();
    const scope = scopeFor(context);
    return new Observable((subscriber) => runInScope(scope, () => next.handle().subscribe(subscriber)));
  }
}
