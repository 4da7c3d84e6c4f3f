import { Body, Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Track } from 'nestjs-tracking';
import type { Account, Credentials } from './account.js';
import { AccountsService } from './accounts.service.js';
import { SESSION_COOKIE, SESSION_COOKIE_OPTIONS, Sessions } from './sessions.js';

@Controller('session')
export class SessionController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: Sessions,
  ) {}

  /** A wrong password throws, so no event is recorded. `user` names the account, because the request began without one. */
  @Post()
  @HttpCode(200)
  @Track('Signed In', { user: (account: Account) => ({ userId: account.id }) })
  async signIn(
    @Body() credentials: Credentials,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Account> {
    const account = await this.accounts.verify(credentials);
    response.cookie(SESSION_COOKIE, this.sessions.start(account), SESSION_COOKIE_OPTIONS);
    return account;
  }

  @Delete()
  @HttpCode(204)
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    this.sessions.end(request);
    response.clearCookie(SESSION_COOKIE, SESSION_COOKIE_OPTIONS);
  }
}
