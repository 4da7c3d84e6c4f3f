import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Track, TrackingService } from 'nestjs-tracking';
import { randomUUID } from 'node:crypto';
import { ShopConfig } from '../shop.config.js';
import { PRICES, type Subscription } from './subscription.js';

/** `@Track` works on every provider. The event is recorded when the method succeeds. */
@Injectable()
export class SubscriptionsService {
  readonly #byCustomer = new Map<string, Subscription>();

  constructor(
    private readonly config: ShopConfig,
    private readonly tracking: TrackingService,
  ) {}

  /**
   * `durable`: the result waits until the event is committed, with `journal()` to the disk. For the few events that are
   * worth a few milliseconds.
   */
  @Track('Trial Started', {
    properties: (trial: Subscription) => ({ plan: trial.plan }),
    key: (trial: Subscription) => trial.id,
    timestamp: (trial: Subscription) => trial.startedAt,
    durable: true,
  })
  async startTrial(customerId: string): Promise<Subscription> {
    if (this.find(customerId)) throw new ConflictException('A subscription exists');
    const startedAt = new Date();
    const subscription: Subscription = {
      id: randomUUID(),
      customerId,
      trackedAs: this.tracking.identity() ?? { userId: customerId },
      startedAt,
      plan: 'basic',
      changedAt: startedAt,
      renewsAt: this.#nextRenewal(startedAt),
    };
    this.#byCustomer.set(customerId, subscription);
    return subscription;
  }

  @Track('Plan Upgraded', {
    properties: (upgraded: Subscription) => ({ plan: upgraded.plan, price: PRICES[upgraded.plan] }),
    timestamp: (upgraded: Subscription) => upgraded.changedAt,
  })
  upgrade(customerId: string): Subscription {
    const subscription = this.#active(customerId);
    if (subscription.plan === 'premium') throw new ConflictException('This is the highest plan');
    subscription.plan = 'premium';
    subscription.changedAt = new Date();
    return subscription;
  }

  cancel(customerId: string): Subscription & { cancelledAt: Date } {
    const subscription = this.#active(customerId);
    return Object.assign(subscription, { cancelledAt: new Date() });
  }

  find(customerId: string): Subscription | undefined {
    return this.#byCustomer.get(customerId);
  }

  due(now: Date): Subscription[] {
    return [...this.#byCustomer.values()].filter((each) => !each.cancelledAt && each.renewsAt <= now);
  }

  prolong(subscription: Subscription, from: Date): void {
    subscription.renewsAt = this.#nextRenewal(from);
  }

  #active(customerId: string): Subscription {
    const subscription = this.find(customerId);
    if (!subscription || subscription.cancelledAt) throw new NotFoundException('No active subscription');
    return subscription;
  }

  #nextRenewal(from: Date): Date {
    return new Date(from.getTime() + this.config.billingPeriodMs);
  }
}
