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
 * Puts the signed-in account where Passport and most guards put it: `request.user`. Nothing more is needed for its events:
 * tracking reads the id from there, whenever an event needs a person.
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
