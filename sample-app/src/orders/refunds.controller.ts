import { Controller, Param, Post, UseGuards } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import { AdminGuard } from '../accounts/guards.js';
import { CURRENCY } from '../catalog/product.js';
import type { Refund } from './order.js';
import { OrdersService } from './orders.service.js';

@Controller('admin/orders')
@UseGuards(AdminGuard)
export class RefundsController {
  constructor(private readonly orders: OrdersService) {}

  /** The admin makes the refund, but the event belongs to the customer: `user` names the customer. */
  @Post(':id/refund')
  @Track('Order Refunded', {
    properties: (refund: Refund) => ({
      order_id: refund.orderId,
      revenue: -refund.amount,
      currency: CURRENCY,
    }),
    user: (refund: Refund) => ({ userId: refund.customerId }),
    key: (refund: Refund) => refund.id,
    timestamp: (refund: Refund) => refund.refundedAt,
  })
  refund(@Param('id') orderId: string): Refund {
    return this.orders.refund(orderId);
  }
}
