import { BadRequestException, Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import { PaymentSecretGuard } from './payment-secret.guard.js';
import type { Payment } from './payment.js';

@Controller('webhooks/payments')
@UseGuards(PaymentSecretGuard)
export class PaymentWebhookController {
  /**
   * Providers deliver a webhook at least once, and repeat it after a timeout, sometimes to another process of the shop.
   * `key` makes a repeat in this process a duplicate. `timestamp` from the payment makes a repeat in another process count
   * once: KISSmetrics counts the same person, name and second once. `durable`: the answer waits until the event is on disk.
   */
  @Post()
  @HttpCode(200)
  @Track('Payment Received', {
    properties: (payment: Payment) => ({ order_id: payment.orderId, amount: payment.amount }),
    user: (payment: Payment) => ({ userId: payment.customerId }),
    key: (payment: Payment) => payment.id,
    timestamp: (payment: Payment) => new Date(payment.paidAt),
    durable: true,
  })
  async receive(@Body() payment: Payment): Promise<Payment> {
    if (!payment?.id || !payment.customerId || !payment.paidAt)
      throw new BadRequestException('id, customerId and paidAt are required');
    return payment;
  }
}
