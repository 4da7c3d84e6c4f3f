import { Module } from '@nestjs/common';
import { RenewalBooks } from './renewal-books.js';
import { RenewalJob } from './renewal.job.js';
import { RenewalsController } from './renewals.controller.js';
import { RenewalsService } from './renewals.service.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { SubscriptionsService } from './subscriptions.service.js';

@Module({
  controllers: [SubscriptionsController, RenewalsController],
  providers: [SubscriptionsService, RenewalsService, RenewalBooks, RenewalJob],
  exports: [SubscriptionsService],
})
export class SubscriptionsModule {}
