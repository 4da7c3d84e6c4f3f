import { Module } from '@nestjs/common';
import { OrdersModule } from '../orders/orders.module.js';
import { PaymentWebhookController } from './payment-webhook.controller.js';
import { PretendProviderController } from './pretend-provider.controller.js';

@Module({
  imports: [OrdersModule],
  controllers: [PaymentWebhookController, PretendProviderController],
})
export class PaymentsModule {}
