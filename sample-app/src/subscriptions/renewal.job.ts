import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';
import { ShopConfig } from '../shop.config.js';
import { RenewalsService } from './renewals.service.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** Runs on a timer, without a request: `runAs` sets the identity. */
@Injectable()
export class RenewalJob implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: ShopConfig,
    private readonly subscriptions: SubscriptionsService,
    private readonly renewals: RenewalsService,
    private readonly tracking: TrackingService,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.run(), this.config.renewalsEveryMs);
  }

  onModuleDestroy(): void {
    this.pause();
  }

  run(): void {
    for (const subscription of this.subscriptions.due(new Date())) {
      this.tracking.runAs(subscription.trackedAs, () => this.renewals.renew(subscription));
    }
  }

  pause(): void {
    clearInterval(this.#timer);
  }
}
