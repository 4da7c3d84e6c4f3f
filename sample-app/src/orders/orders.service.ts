import { BadRequestException, ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';
import { randomUUID } from 'node:crypto';
import { Catalog } from '../catalog/catalog.js';
import { Books } from './books.js';
import { CardTerminal } from './card-terminal.js';
import { Coupons } from './coupons.js';
import type { Order, PlaceOrder, Refund } from './order.js';

@Injectable()
export class OrdersService {
  readonly #orders = new Map<string, Order>();

  constructor(
    private readonly catalog: Catalog,
    private readonly coupons: Coupons,
    private readonly terminal: CardTerminal,
    private readonly books: Books,
    private readonly tracking: TrackingService,
  ) {}

  async place(
    customerId: string,
    { productId = '', quantity = 1, card, coupon }: Partial<PlaceOrder> = {},
  ): Promise<Order> {
    if (!Number.isInteger(quantity) || quantity < 1)
      throw new BadRequestException('quantity must be a whole number, at least 1');
    const product = this.catalog.find(productId);
    // Around the transaction, not inside: events are recorded only if the transaction succeeds.
    return this.tracking.hold(() =>
      this.books.transaction(async (undo) => {
        const discount = coupon === undefined ? 0 : this.coupons.redeem(coupon, customerId, undo);
        const total = Math.round(product.price * quantity * (1 - discount) * 100) / 100;
        await this.terminal.charge(card, total);

        const order: Order = {
          id: randomUUID(),
          customerId,
          productId: product.id,
          product: product.name,
          quantity,
          total,
          placedAt: new Date(),
        };
        this.#orders.set(order.id, order);
        return order;
      }),
    );
  }

  refund(orderId: string): Refund {
    const order = this.find(orderId);
    if (order.refundedAt) throw new ConflictException('This order is already refunded');
    order.refundedAt = new Date();
    return {
      id: randomUUID(),
      orderId,
      customerId: order.customerId,
      amount: order.total,
      refundedAt: order.refundedAt,
    };
  }

  find(id: string): Order {
    const order = this.#orders.get(id);
    if (!order) throw new NotFoundException('This order does not exist');
    return order;
  }

  newest(count: number, customerId?: string): Order[] {
    return [...this.#orders.values()]
      .filter((order) => customerId === undefined || order.customerId === customerId)
      .slice(-count)
      .reverse();
  }
}
