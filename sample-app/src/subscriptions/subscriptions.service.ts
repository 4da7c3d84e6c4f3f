import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Track, TrackingService } from 'nestjs-tracking';
import { randomUUID } from 'node:crypto';
import { ShopConfig } from '../shop.config.js';
import { PRICES, type Subscription } from './subscription.js';

/** No controller: @Track works on every provider. Here an event is decided when the method returns. */
@Injectable()
export class SubscriptionsService {
  readonly #byCustomer = new Map<string, Subscription>();

  constructor(
    private readonly config: ShopConfig,
    private readonly tracking: TrackingService,
  ) {}

  /**
   * `durable`: the caller gets its answer only when the event is as safe as the buffer makes it, on disk with `journal()`.
   * For the few events that are worth a few milliseconds.
   */
  @Track('Trial Started', {
    properties: (trial: Subscription) => ({ plan: trial.plan }),
    key: (trial: Subscription) => trial.id,
    timestamp: (trial: Subscription) => trial.startedAt,
    durable: true,
  })
  async startTrial(customerId: string): Promise<Subscription> {
    if (this.find(customerId)) throw new ConflictException('There is a subscription already');
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
    if (subscription.plan === 'premium') throw new ConflictException('There is no higher plan');
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
    if (!subscription || subscription.cancelledAt) throw new NotFoundException('There is no subscription');
    return subscription;
  }

  #nextRenewal(from: Date): Date {
    return new Date(from.getTime() + this.config.billingPeriodMs);
  }
}
