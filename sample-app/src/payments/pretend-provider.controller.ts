import { Controller, Param, Post, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { SignedInGuard } from '../accounts/guards.js';
import { OrdersService } from '../orders/orders.service.js';
import { ShopConfig } from '../shop.config.js';
import type { Payment } from './payment.js';

/** Plays the payment provider for the storefront's button: submits one payment twice. */
@Controller('pretend-provider/orders')
@UseGuards(SignedInGuard)
export class PretendProviderController {
  constructor(
    private readonly orders: OrdersService,
    private readonly config: ShopConfig,
  ) {}

  @Post(':id/pay-twice')
  async payTwice(@Param('id') orderId: string, @Req() request: Request): Promise<{ answers: number[] }> {
    const order = this.orders.find(orderId);
    const payment: Payment = {
      id: `payment-${order.id}`,
      orderId: order.id,
      customerId: order.customerId,
      amount: order.total,
      paidAt: order.placedAt.toISOString(),
    };
    const answers = [];
    for (let time = 0; time < 2; time++) {
      const answer = await fetch(`http://127.0.0.1:${request.socket.localPort}/webhooks/payments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-payment-secret': this.config.paymentSecret },
        body: JSON.stringify(payment),
      });
      await answer.body?.cancel();
      answers.push(answer.status);
    }
    return { answers };
  }
}
