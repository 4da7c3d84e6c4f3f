import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { Account } from './account.js';
import { Sessions } from './sessions.js';

declare module 'express-serve-static-core' {
  interface Request {
    user?: Account;
  }
}

/**
 * Sets `request.user` to the signed-in account, as Passport and most guards do. Tracking reads the person's id from
 * there; nothing else is needed.
 */
@Injectable()
export class SessionMiddleware implements NestMiddleware {
  constructor(private readonly sessions: Sessions) {}

  use(request: Request, _response: Response, next: NextFunction): void {
    const account = this.sessions.accountOf(request);
    if (account) request.user = account;
    next();
  }
}
