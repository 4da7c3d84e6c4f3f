import { BadRequestException, Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import { PaymentSecretGuard } from './payment-secret.guard.js';
import type { Payment } from './payment.js';

@Controller('webhooks/payments')
@UseGuards(PaymentSecretGuard)
export class PaymentWebhookController {
  /**
   * Providers deliver a webhook at least once: again after a time-out, sometimes to another process of the shop.
   * `key` makes the second one in this process a duplicate that is not sent. `timestamp` from the payment makes the one in
   * another process equal where it counts: KISSmetrics takes the same person, name and second for one event.
   * `durable`: the provider is told 200 only once the event is on disk, and what it is not told it submits again.
   */
  @Post()
  @HttpCode(200)
  @Track('Payment Received', {
    properties: (payment: Payment) => ({ orderId: payment.orderId, amount: payment.amount }),
    user: (payment: Payment) => ({ userId: payment.customerId }),
    key: (payment: Payment) => payment.id,
    timestamp: (payment: Payment) => new Date(payment.paidAt),
    durable: true,
  })
  async receive(@Body() payment: Payment): Promise<Payment> {
    if (!payment?.id || !payment.customerId || !payment.paidAt) throw new BadRequestException('No payment');
    return payment;
  }
}
