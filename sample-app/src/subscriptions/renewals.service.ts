import { Injectable } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import { randomUUID } from 'node:crypto';
import { RenewalBooks } from './renewal-books.js';
import { PRICES, type Renewal, type Subscription } from './subscription.js';
import { SubscriptionsService } from './subscriptions.service.js';

@Injectable()
export class RenewalsService {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly books: RenewalBooks,
  ) {}

  /** Names no user: the job calls it with `runAs` for the customer. */
  @Track('Subscription Renewed', {
    properties: (renewal: Renewal) => ({ plan: renewal.plan, revenue: renewal.amount }),
    key: (renewal: Renewal) => renewal.id,
    timestamp: (renewal: Renewal) => renewal.renewedAt,
  })
  renew(subscription: Subscription): Renewal {
    const renewal: Renewal = {
      id: randomUUID(),
      subscriptionId: subscription.id,
      customerId: subscription.customerId,
      plan: subscription.plan,
      amount: PRICES[subscription.plan],
      renewedAt: new Date(),
    };
    this.subscriptions.prolong(subscription, renewal.renewedAt);
    this.books.enter(renewal);
    return renewal;
  }

  all(): readonly Renewal[] {
    return this.books.all();
  }
}
