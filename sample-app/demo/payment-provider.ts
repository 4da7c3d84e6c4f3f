import type { Order } from '../src/orders/order.js';
import { expectStatus } from './expect-status.js';
import type { Ledger } from './ledger.js';

/** Tells the shop of payments, more often than it should. */
export class PaymentProvider {
  constructor(
    private readonly secret: string,
    private readonly ledger: Ledger,
  ) {}

  /** One submission to each of `shops`, all at once. The same shop may stand there twice. */
  async submit(order: Order, shops: readonly string[]): Promise<void> {
    const at = Date.parse(String(order.placedAt));
    const payment = {
      id: `payment-${order.id}`,
      orderId: order.id,
      customerId: order.customerId,
      amount: order.total,
      paidAt: new Date(at).toISOString(),
    };
    await Promise.all(
      shops.map(async (shop) => {
        const from = Date.now();
        const response = await fetch(`${shop}/webhooks/payments`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-payment-secret': this.secret },
          body: JSON.stringify(payment),
          signal: AbortSignal.timeout(20_000),
        });
        const body = await response.text();
        expectStatus({ status: response.status, body, from, until: Date.now() }, 200, 'Payment webhook');
        const event = { person: order.customerId, name: 'Payment Received', from: at, until: at };
        this.ledger.happened(shop, event, payment.id);
      }),
    );
  }
}
