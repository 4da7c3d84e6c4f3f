import type { Account } from '../src/accounts/account.js';
import { ADMIN_EMAIL } from '../src/accounts/accounts.service.js';
import type { Report } from '../src/observe/tracking-report.js';
import type { Renewal } from '../src/subscriptions/subscription.js';
import type { Order, Refund } from '../src/orders/order.js';
import { Browser, CutOff, expectStatus } from './browser.js';
import { customer } from './happening.js';
import type { Ledger } from './ledger.js';

/** The admin of one process of the shop. */
export class Staff {
  private constructor(
    private readonly browser: Browser,
    private readonly ledger: Ledger,
  ) {}

  static async signIn(shop: string, password: string, ledger: Ledger): Promise<Staff> {
    const browser = new Browser(shop);
    const answer = await browser.send<Account>('POST', '/session', { email: ADMIN_EMAIL, password });
    expectStatus(answer, 200, 'Sign-in of the admin');
    const { body, from, until } = answer;
    ledger.happened(shop, { person: customer(body.id), name: 'Signed In', from, until });
    return new Staff(browser, ledger);
  }

  /** The event belongs to the customer, not to the admin. */
  async refund({ id: orderId, customerId }: Order): Promise<void> {
    const person = customer(customerId);
    const { shop } = this.browser;
    const path = `/admin/orders/${orderId}/refund`;
    const answer = await this.browser.send<Refund>('POST', path).catch((error: unknown) => {
      if (error instanceof CutOff && error.wasSent) {
        this.ledger.cutOff(shop, { person, name: 'Order Refunded', from: error.from, until: error.until });
      }
      throw error;
    });
    expectStatus(answer, 201, 'Refund');
    const at = Date.parse(String(answer.body.refundedAt));
    const event = { person, name: 'Order Refunded', from: at, until: at };
    const call = { asked: answer.from, answered: answer.until };
    this.ledger.happened(shop, event, answer.body.id, call);

    const again = await this.browser.send('POST', path);
    expectStatus(again, 409, 'A second refund of one order');
  }

  /** Not tracked: `when` suppresses the call. */
  async look(productId: string): Promise<void> {
    const answer = await this.browser.send('GET', `/products/${productId}`);
    expectStatus(answer, 200, 'The admin looks');
    this.ledger.suppressed(this.browser.shop, answer.from);
  }

  async report(): Promise<Report> {
    const answer = await this.browser.send<Report>('GET', '/admin/tracking');
    expectStatus(answer, 200, 'The tracking report');
    return answer.body;
  }

  /** Pauses the renewals and enters them in the ledger, including those before a kill. */
  async closeBooks(): Promise<void> {
    expectStatus(await this.browser.send('POST', '/admin/renewals/pause'), 204, 'Pausing renewals');
    const answer = await this.browser.send<Renewal[]>('GET', '/admin/renewals');
    expectStatus(answer, 200, 'The books');
    for (const { id, customerId, renewedAt } of answer.body) {
      const at = Date.parse(String(renewedAt));
      const event = { person: customer(customerId), name: 'Subscription Renewed', from: at, until: at };
      this.ledger.happened(this.browser.shop, event, id);
    }
  }
}
