import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import type { Undo } from './books.js';

const DISCOUNTS: ReadonlyMap<string, number> = new Map([['WELCOME', 0.1]]);

/** Each customer may use each coupon once. */
@Injectable()
export class Coupons {
  readonly #used = new Set<string>();

  /**
   * Called inside the `hold()` of the order: the event is held until the order succeeds, and dropped if it fails.
   *
   * @returns the discount, as a fraction of the price
   */
  @Track('Coupon Redeemed', { properties: (discount: number, { args: [coupon] }) => ({ coupon, discount }) })
  redeem(coupon: string, customerId: string, undo: Undo): number {
    const discount = DISCOUNTS.get(coupon);
    if (discount === undefined) throw new NotFoundException('This coupon does not exist');
    const use = `${customerId} ${coupon}`;
    if (this.#used.has(use)) throw new ConflictException('This coupon is already used');
    this.#used.add(use);
    undo(() => this.#used.delete(use));
    return discount;
  }
}
