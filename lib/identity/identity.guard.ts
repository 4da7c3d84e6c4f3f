import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Log } from '../host/log.js';
import { scopeLost } from './identity.messages.js';
import { noteHandler } from './note-handler.js';

/**
 * Lets everybody pass, and tells the scope of an HTTP request which handler it has come to. It is a guard because of what
 * Nest does for handlers without interceptors: one more interceptor is cheap, the first one adds about a tenth to the cost
 * of a request, a synchronous guard next to nothing.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (!noteHandler(context) && context.getType() === 'http') log.warnOnce('no-scope', scopeLost);
    return true;
  }
}

const log = new Log();
