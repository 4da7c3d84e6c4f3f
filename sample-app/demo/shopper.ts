import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../src/accounts/account.js';
import type { Order } from '../src/orders/order.js';
import type { Subscription } from '../src/subscriptions/subscription.js';
import type { Branch } from './branch.js';
import { type Answer, Browser, CutOff, expectStatus } from './browser.js';
import { customer, type Person } from './happening.js';
import type { Ledger } from './ledger.js';
import type { PaymentProvider } from './payment-provider.js';
import type { Random } from './random.js';
import { POSTHOG_KEY, THINK_MS } from './settings.js';

const PRODUCTS = ['teapot', 'mug', 'honey', 'cake', 'plant', 'lamp'];

/** KISSmetrics counts the same person, name and second once, so a shopper does nothing twice within a second. */
const APART_MS = 1_000;

type Cancelled = Subscription & { readonly event: string };

export interface Town {
  readonly ledger: Ledger;
  readonly provider: PaymentProvider;
  /** All shops; the shopper's own is the first. */
  readonly shops: readonly [Branch, ...Branch[]];
}

/** One person with a browser: looks around, signs up, then orders, subscribes and so on in random order. */
export class Shopper {
  readonly #browser: Browser;
  /** As each platform's browser library makes its ids. */
  readonly #visitor: Person = { kissmetrics: randomBytes(20).toString('base64'), posthog: randomUUID() };
  readonly #lastTime = new Map<string, number>();
  readonly #credentials: { email: string; password: string };
  #customer: Account | undefined;
  #orders: Order[] = [];
  #subscription: 'none' | 'trial' | 'premium' | 'cancelled' = 'none';
  #views = 0;

  constructor(
    private readonly number: number,
    private readonly town: Town,
    private readonly random: Random,
  ) {
    this.#browser = new Browser(town.shops[0].url);
    this.#setPostHogCookie(this.#visitor.posthog);
    this.#browser.setCookie('km_ai', this.#visitor.kissmetrics);
    this.#credentials = { email: `shopper-${number}@example.com`, password: `secret-${number}` };
  }

  /**
   * Shops until `until`, or until the shop is another process, which does not know the shopper. The action under way is
   * finished, so that the ledger knows its end.
   */
  async shop(until: AbortSignal): Promise<void> {
    const [own] = this.town.shops;
    const { process } = own;
    expectStatus(await this.#browser.send('GET', '/'), 200, 'The storefront');
    while (!until.aborted && !own.isDown && own.process === process) {
      await this.#act();
      await pause(this.random.between(THINK_MS.min, THINK_MS.max));
    }
  }

  async #act(): Promise<void> {
    if (!this.#customer) return this.#views < 2 ? this.#look() : this.#signUp();
    const chance = this.random.next();
    if (chance < 0.25) return this.#look();
    if (chance < 0.5) return this.#order();
    if (chance < 0.64) return this.#orderInVain();
    if (chance < 0.72) return this.#beRefunded();
    if (chance < 0.92) return this.#subscribe();
    return this.#signInAgain();
  }

  async #look(): Promise<void> {
    if (this.#tooSoon('Product Viewed')) return;
    const answer = await this.#send('Product Viewed', 'GET', `/products/${this.random.pick(PRODUCTS)}`);
    expectStatus(answer, 200, 'Looking at a product');
    this.#views++;
    this.#happened('Product Viewed', answer);
    if (this.random.chance(0.05)) await this.#staff.look(this.random.pick(PRODUCTS));
  }

  async #signUp(): Promise<void> {
    // Some share their browser with a person whom KISSmetrics knows by name: an alias must not join those two.
    const shared = this.random.chance(0.1);
    if (shared) this.#browser.setCookie('km_ni', `somebody-before-${this.number}`);
    const company = this.random.chance(0.3) ? `Company ${this.number % 20}` : undefined;

    const { ledger } = this.town;
    const account = { ...this.#credentials, name: `Shopper ${this.number}`, company };
    const answer = await this.#browser.send<Account>('POST', '/accounts', account).catch((error: unknown) => {
      if (error instanceof CutOff && error.wasSent) ledger.signUpsCutOff++;
      throw error;
    });
    expectStatus(answer, 201, 'Sign-up');
    const { id } = (this.#customer = answer.body);

    const call = { asked: answer.from, answered: answer.until };
    if (!shared) ledger.aliased(this.#browser.shop, this.#person, this.#visitor.kissmetrics, call);
    ledger.described(this.#browser.shop, this.#person, call);
    if (company) ledger.described(this.#browser.shop, this.#person, call);
    this.#happened('Signed Up', answer, answer.body.createdAt);

    // As the browser libraries do when the page identifies the customer.
    this.#browser.setCookie('km_ai', id);
    this.#browser.setCookie('km_ni', id);
    this.#setPostHogCookie(id);
  }

  async #order(): Promise<void> {
    if (this.#tooSoon('Order Completed')) return;
    const answer = await this.#send<Order>('Order Completed', 'POST', '/orders', {
      productId: this.random.pick(PRODUCTS),
      quantity: 1 + Math.floor(this.random.between(0, 3)),
    });
    expectStatus(answer, 201, 'Order');
    this.#orders.push(answer.body);
    this.#happened('Order Completed', answer, answer.body.placedAt, answer.body.id);
    await this.#pay(answer.body);
  }

  /** The provider submits some payments once, some twice to one process, some to all processes at once. */
  async #pay(order: Order): Promise<void> {
    const { provider, shops } = this.town;
    const [own] = shops;
    const chance = this.random.next();
    if (chance < 0.5) return provider.submit(order, [own]);
    if (chance < 0.65) return provider.submit(order, [own, own]);
    if (chance < 0.75) {
      await provider.submit(order, [own]);
      return provider.submit(order, [own]);
    }
    return provider.submit(order, shops);
  }

  /** Each ends in an error, so none records an event; the coupon of the first can be used again. */
  async #orderInVain(): Promise<void> {
    const [what, status, order] = this.random.pick([
      ['A declined card', 402, { productId: 'mug', card: 'declined', coupon: 'WELCOME' }],
      ['An unknown product', 404, { productId: 'unicorn' }],
      ['An impossible quantity', 400, { productId: 'mug', quantity: 0 }],
    ] as const);
    const answer = await this.#browser.send('POST', '/orders', order);
    expectStatus(answer, status, what);
    if ('coupon' in order) this.town.ledger.rolledBack(this.#browser.shop, answer.from);
  }

  async #beRefunded(): Promise<void> {
    if (this.#tooSoon('Order Refunded')) return;
    const order = this.#orders.pop();
    if (!order) return;
    await this.#staff.refund(order);
    this.#lastTime.set('Order Refunded', Date.now());
  }

  async #subscribe(): Promise<void> {
    if (this.#subscription === 'none') {
      const answer = await this.#send<Subscription>('Trial Started', 'POST', '/subscription');
      expectStatus(answer, 201, 'Trial');
      this.#subscription = 'trial';
      this.#happened('Trial Started', answer, answer.body.startedAt, answer.body.id, true);
    } else if (this.#subscription === 'trial') {
      expectStatus(await this.#browser.send('POST', '/subscription'), 409, 'A second trial');
      const answer = await this.#send<Subscription>('Plan Upgraded', 'POST', '/subscription/upgrade');
      expectStatus(answer, 201, 'Upgrade');
      this.#subscription = 'premium';
      this.#happened('Plan Upgraded', answer, answer.body.changedAt);
    } else if (this.#subscription === 'premium' && this.random.chance(0.5)) {
      const answer = await this.#send<Cancelled>('Subscription Cancelled', 'DELETE', '/subscription');
      expectStatus(answer, 200, 'Cancellation');
      this.#subscription = 'cancelled';
      const { cancelledAt, id, event } = answer.body;
      this.#happened('Subscription Cancelled', answer, cancelledAt, id, event === 'committed');
    }
  }

  async #signInAgain(): Promise<void> {
    if (this.#tooSoon('Signed In')) return;
    expectStatus(await this.#browser.send('DELETE', '/session'), 204, 'Sign-out');
    const wrong = { ...this.#credentials, password: 'wrong' };
    expectStatus(await this.#browser.send('POST', '/session', wrong), 401, 'A wrong password');
    const answer = await this.#send<Account>('Signed In', 'POST', '/session', this.#credentials);
    expectStatus(answer, 200, 'Sign-in');
    this.#happened('Signed In', answer);
  }

  get #staff() {
    return this.town.shops[0].staff;
  }

  /** For requests that record an event: the shop may be killed after it acted and before it answers. */
  async #send<T>(name: string, method: string, path: string, body?: object): Promise<Answer<T>> {
    try {
      return await this.#browser.send<T>(method, path, body);
    } catch (error) {
      if (error instanceof CutOff && error.wasSent) {
        const { from, until } = error;
        this.town.ledger.cutOff(this.#browser.shop, { person: this.#person, name, from, until });
      }
      throw error;
    }
  }

  get #person(): Person {
    return this.#customer ? customer(this.#customer.id) : this.#visitor;
  }

  #setPostHogCookie(id: string): void {
    const kept = { distinct_id: id, $device_id: this.#visitor.posthog };
    this.#browser.setCookie(`ph_${POSTHOG_KEY}_posthog`, JSON.stringify(kept));
  }

  #tooSoon(name: string): boolean {
    return Date.now() < (this.#lastTime.get(name) ?? 0) + APART_MS;
  }

  /** Enters an event; where the answer has the record's own time, the event must have exactly that time. */
  #happened(name: string, answer: Answer<unknown>, recorded?: Date, key?: string, waited = false): void {
    const { from: asked, until: answered } = answer;
    this.#lastTime.set(name, answered);
    const at = recorded && Date.parse(String(recorded));
    const event = { person: this.#person, name, from: at ?? asked, until: at ?? answered };
    this.town.ledger.happened(this.#browser.shop, event, key, { asked, answered, waited });
  }
}
