import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import type { Account } from '../accounts/account.js';
import { CurrentAccount } from '../accounts/current-account.js';
import { SignedInGuard } from '../accounts/guards.js';
import type { Order, PlaceOrder } from './order.js';
import { OrdersService } from './orders.service.js';

@Controller('orders')
@UseGuards(SignedInGuard)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /**
   * The event is recorded when the response has gone out well. A declined card, an unknown product or a missing sign-in
   * end in an error, and so in no event.
   */
  @Post()
  @Track('Order Completed', {
    properties: (order: Order) => ({ orderId: order.id, product: order.product, revenue: order.total }),
    // The order's own id and time: however often this order is reported, it is the same event.
    key: (order: Order) => order.id,
    timestamp: (order: Order) => order.placedAt,
  })
  place(@Body() body: PlaceOrder, @CurrentAccount() customer: Account): Promise<Order> {
    return this.orders.place(customer.id, body);
  }
}
