import { Injectable } from '@nestjs/common';
import type { CookieOptions, Request } from 'express';
import { randomBytes } from 'node:crypto';
import type { Account } from './account.js';

export const SESSION_COOKIE = 'shop_session';
export const SESSION_COOKIE_OPTIONS: CookieOptions = { httpOnly: true, sameSite: 'lax', path: '/' };

/** Sessions: a random token in a cookie, and its account in memory. */
@Injectable()
export class Sessions {
  readonly #accounts = new Map<string, Account>();

  start(account: Account): string {
    const token = randomBytes(32).toString('base64url');
    this.#accounts.set(token, account);
    return token;
  }

  end(request: Request): void {
    this.#accounts.delete(tokenOf(request) ?? '');
  }

  accountOf(request: Request): Account | undefined {
    return this.#accounts.get(tokenOf(request) ?? '');
  }
}

function tokenOf(request: Request): string | undefined {
  return /(?:^|;\s*)shop_session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
}
