import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import type { Undo } from './books.js';

const DISCOUNTS: ReadonlyMap<string, number> = new Map([['WELCOME', 0.1]]);

/** Each customer may use each coupon once. */
@Injectable()
export class Coupons {
  readonly #used = new Set<string>();

  /**
   * Recorded as soon as the coupon is taken, and yet no event of an order that fails afterwards: it is called within the
   * `hold()` of the order, which knows nothing of coupons.
   *
   * @returns the part of the price that it saves
   */
  @Track('Coupon Redeemed', { properties: (discount: number, { args: [coupon] }) => ({ coupon, discount }) })
  redeem(coupon: string, customerId: string, undo: Undo): number {
    const discount = DISCOUNTS.get(coupon);
    if (discount === undefined) throw new NotFoundException('There is no such coupon');
    const use = `${customerId} ${coupon}`;
    if (this.#used.has(use)) throw new ConflictException('This coupon was used before');
    this.#used.add(use);
    undo(() => this.#used.delete(use));
    return discount;
  }
}
