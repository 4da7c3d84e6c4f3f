import { Controller, Delete, Post, UseGuards } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';
import type { Account } from '../accounts/account.js';
import { CurrentAccount } from '../accounts/current-account.js';
import { SignedInGuard } from '../accounts/guards.js';
import type { Subscription } from './subscription.js';
import { SubscriptionsService } from './subscriptions.service.js';

@Controller('subscription')
@UseGuards(SignedInGuard)
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly tracking: TrackingService,
  ) {}

  @Post()
  startTrial(@CurrentAccount() customer: Account): Promise<Subscription> {
    return this.subscriptions.startTrial(customer.id);
  }

  @Post('upgrade')
  upgrade(@CurrentAccount() customer: Account): Subscription {
    return this.subscriptions.upgrade(customer.id);
  }

  /** `record()` is `track()` with a result, the state of the event. It never rejects. */
  @Delete()
  async cancel(@CurrentAccount() customer: Account): Promise<Subscription & { event: string }> {
    const subscription = this.subscriptions.cancel(customer.id);
    const { state } = await this.tracking.record(
      'Subscription Cancelled',
      { plan: subscription.plan },
      { key: subscription.id, timestamp: subscription.cancelledAt },
    );
    return { ...subscription, event: state };
  }
}
