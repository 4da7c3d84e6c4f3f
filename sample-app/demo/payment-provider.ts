import type { Order } from '../src/orders/order.js';
import type { Payment } from '../src/payments/payment.js';
import type { Branch } from './branch.js';
import { ask, CutOff, expectStatus } from './browser.js';
import { customer } from './happening.js';
import type { Ledger } from './ledger.js';

const NAME = 'Payment Received';

/** Submits payments to the shop, some more than once, and repeats each request until it is answered. */
export class PaymentProvider {
  constructor(
    private readonly secret: string,
    private readonly ledger: Ledger,
  ) {}

  /** Submits to each of `shops` at the same time. A shop may be listed twice. */
  async submit(order: Order, shops: readonly Branch[]): Promise<void> {
    const at = Date.parse(String(order.placedAt));
    const payment = {
      id: `payment-${order.id}`,
      orderId: order.id,
      customerId: order.customerId,
      amount: order.total,
      paidAt: new Date(at).toISOString(),
    };
    const isTwice = new Set(shops).size < shops.length;
    await Promise.all(shops.map((shop) => this.#submit(payment, at, shop, isTwice)));
  }

  async #submit(payment: Payment, at: number, shop: Branch, isTwice: boolean): Promise<void> {
    for (;;) {
      await shop.open();
      try {
        const answer = await ask(`${shop.url}/webhooks/payments`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-payment-secret': this.secret },
          body: JSON.stringify(payment),
        });
        expectStatus(answer, 200, 'Payment webhook');
        const event = { person: customer(payment.customerId), name: NAME, from: at, until: at };
        // The shop answers a payment when its event is on disk, and a duplicate at once: which of two it is, nobody knows.
        const call = { asked: answer.from, answered: answer.until, waited: !isTwice };
        this.ledger.happened(shop.url, event, payment.id, call);
        return;
      } catch (error) {
        if (!(error instanceof CutOff) || !shop.wasKilled) throw error;
        if (error.wasSent) this.ledger.toBeRepeated(NAME, payment.id);
      }
    }
  }
}
