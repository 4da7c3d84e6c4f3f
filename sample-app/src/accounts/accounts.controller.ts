import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { TrackingService } from 'nestjs-tracking';
import type { Account, SignUp } from './account.js';
import { AccountsService } from './accounts.service.js';
import { BrowserLink } from './browser-link.js';
import { SESSION_COOKIE, SESSION_COOKIE_OPTIONS, Sessions } from './sessions.js';

/** Sign-up makes four calls for one person, so it uses the service; other handlers need only a decorator. */
@Controller('accounts')
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: Sessions,
    private readonly browser: BrowserLink,
    private readonly tracking: TrackingService,
  ) {}

  @Post()
  async signUp(
    @Body() body: SignUp,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Account> {
    const account = await this.accounts.create(body, 'customer');
    response.cookie(SESSION_COOKIE, this.sessions.start(account), SESSION_COOKIE_OPTIONS);

    // The request began without a signed-in user, so each call names the customer. The ids of the browser stay: with them,
    // some platforms join the visitor and the customer.
    const customer = { ...this.tracking.identity(), userId: account.id, timestamp: account.createdAt };
    this.browser.link(account, request.headers.cookie);
    this.tracking.identify({ 'Customer Since': account.createdAt.toISOString().slice(0, 10) }, customer);
    if (account.company) this.tracking.group(account.company, { name: account.company }, customer);
    this.tracking.track('Signed Up', { customer: account.company ? 'business' : 'private' }, customer);

    return account;
  }
}
