import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import type { Account } from '../accounts/account.js';
import { CurrentAccount } from '../accounts/current-account.js';
import { SignedInGuard } from '../accounts/guards.js';
import { CURRENCY } from '../catalog/product.js';
import type { Order, PlaceOrder } from './order.js';
import { OrdersService } from './orders.service.js';

@Controller('orders')
@UseGuards(SignedInGuard)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /**
   * The event is recorded when the response is sent with a status below 400. A declined card, an unknown product or a
   * missing sign-in ends in an error and records no event.
   */
  @Post()
  @Track('Order Completed', {
    properties: (order: Order) => ({
      order_id: order.id,
      product_id: order.productId,
      name: order.product,
      quantity: order.quantity,
      revenue: order.total,
      currency: CURRENCY,
    }),
    // The order's own id and time make every report of this order the same event.
    key: (order: Order) => order.id,
    timestamp: (order: Order) => order.placedAt,
  })
  place(@Body() body: PlaceOrder, @CurrentAccount() customer: Account): Promise<Order> {
    return this.orders.place(customer.id, body);
  }
}
