import { Injectable } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import { randomUUID } from 'node:crypto';
import { PRICES, type Renewal, type Subscription } from './subscription.js';
import { SubscriptionsService } from './subscriptions.service.js';

@Injectable()
export class RenewalsService {
  readonly #renewals: Renewal[] = [];

  constructor(private readonly subscriptions: SubscriptionsService) {}

  /** Says nothing of who: whoever calls it runs it as the customer. */
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
    this.#renewals.push(renewal);
    return renewal;
  }

  all(): readonly Renewal[] {
    return this.#renewals;
  }
}
