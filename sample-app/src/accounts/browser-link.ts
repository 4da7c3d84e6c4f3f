import { Injectable } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';
import type { Account } from './account.js';

/**
 * Joins the visitor of this browser and the new customer, so that views before the sign-up belong to the customer. An
 * alias cannot be undone: it is made once, at sign-up only, and never when in doubt.
 */
@Injectable()
export class BrowserLink {
  constructor(private readonly tracking: TrackingService) {}

  link(account: Account, cookies = ''): void {
    // Comes from the cookie `km_ai`, if that holds an anonymous id. Only KISSmetrics knows it.
    const anonymousId = this.tracking.identity()?.browserIds?.['kissmetrics']?.anonymousId;
    if (anonymousId === undefined || anonymousId === account.id) return;

    // `km_ni` names an earlier user of this browser, whose history must not be joined with this customer's.
    if (/(?:^|;\s*)km_ni=[^;]/.test(cookies)) return;

    this.tracking.alias(anonymousId, account.id, { destinations: ['kissmetrics'] });
  }
}
