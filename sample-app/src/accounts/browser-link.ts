import { Injectable } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';
import type { Account } from './account.js';

/**
 * Tells KISSmetrics that the visitor of this browser and the new customer are one person, so that what was viewed before
 * the sign-up counts as theirs. An alias can never be taken back, therefore: once, at sign-up only, and not when in doubt.
 */
@Injectable()
export class BrowserLink {
  constructor(private readonly tracking: TrackingService) {}

  link(account: Account, cookies = ''): void {
    // Read from the cookie `km_ai`, and only where it looks like an anonymous id.
    const anonymousId = this.tracking.identity()?.anonymousId;
    if (anonymousId === undefined || anonymousId === account.id) return;

    // `km_ni` names somebody who used this browser before: their history must not become this customer's.
    if (/(?:^|;\s*)km_ni=[^;]/.test(cookies)) return;

    this.tracking.alias(anonymousId, account.id);
  }
}
