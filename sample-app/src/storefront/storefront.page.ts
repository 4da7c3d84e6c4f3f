import type { Account } from '../accounts/account.js';
import type { Product } from '../catalog/product.js';
import type { Order } from '../orders/order.js';
import type { Subscription } from '../subscriptions/subscription.js';
import type { Route } from '../tracking/routes.js';
import { browserLibraries } from './browser-libraries.script.js';
import { type Html, html } from './html.js';
import { script } from './storefront.script.js';
import { style } from './storefront.style.js';

export interface Storefront {
  readonly account: Account | undefined;
  readonly products: readonly Product[];
  /** The customer's own orders; for the admin, all orders. */
  readonly orders: readonly Order[];
  readonly subscription: Subscription | undefined;
  /** Where events go. */
  readonly routes: readonly Route[];
}

export function storefrontPage(shop: Storefront): string {
  const { account } = shop;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>The small shop</title>
        <link rel="icon" href="data:," />
        <style>
          ${style}
        </style>
      </head>
      <body data-account="${account?.id ?? ''}">
        <header>
          <h1>🫖 The small shop</h1>
          ${account ? signedIn(account) : signedOut()}
        </header>
        <main>
          <div>
            <section>
              <h2>Products</h2>
              <div class="products">${shop.products.map((each) => product(each, account))}</div>
            </section>
            ${account?.role === 'admin' && refunds(shop.orders)}
            ${account?.role === 'customer' && [orders(shop.orders), subscription(shop.subscription)]}
          </div>
          <div>
            <section>
              <h2>What happens to events</h2>
              <ul id="feed"></ul>
            </section>
            <div class="panel soft">
              ${shop.routes.map(destination)} The admin finds the accounting at
              <a href="/admin/tracking">/admin/tracking</a>.
            </div>
          </div>
        </main>
        <div id="said" role="status"></div>
        <script>
          ${browserLibraries(shop.routes)};
          ${script};
        </script>
      </body>
    </html> `.text;
}

function destination({ name, endpoint }: Route): Html {
  if (endpoint === undefined) return html`Events go to the real host of ${name}. `;
  const { origin } = new URL(endpoint);
  return html`Events for ${name} go to <a href="${origin}">the local collector</a>. `;
}

function signedIn(account: Account): Html {
  return html`<div>
    ${account.name} <span class="soft">${account.role}</span>
    <form data-action="/session" data-method="DELETE" data-says="Goodbye">
      <button class="quiet">Sign out</button>
    </form>
  </div>`;
}

function signedOut(): Html {
  return html`<div>
      <form data-action="/accounts" data-says="Welcome. Recorded: alias, identify, Signed Up">
        <input name="name" aria-label="Name" placeholder="Name" required />
        <input name="company" aria-label="Company" placeholder="Company (if any)" />
        <input name="email" type="email" aria-label="E-mail" placeholder="E-mail" required />
        <input name="password" type="password" aria-label="Password" placeholder="Password" required />
        <button>Sign up</button>
      </form>
    </div>
    <div>
      <form data-action="/session" data-says="Recorded: Signed In">
        <input
          name="email"
          type="email"
          aria-label="E-mail"
          placeholder="E-mail"
          required
          value="admin@shop.example"
        />
        <input
          name="password"
          type="password"
          aria-label="Password"
          placeholder="Password (admin)"
          required
        />
        <button class="quiet">Sign in</button>
      </form>
    </div>`;
}

function product({ id, name, picture, price }: Product, account: Account | undefined): Html {
  return html`<div class="product">
    <div class="picture">${picture}</div>
    <strong>${name}</strong>
    <div class="soft">${price.toFixed(2)}</div>
    <form data-action="/products/${id}" data-method="GET" data-says="Recorded: Product Viewed">
      <button class="quiet">Look</button>
    </form>
    ${
      account &&
      html`<form data-action="/orders" data-says="Recorded: Order Completed">
          <input type="hidden" name="productId" value="${id}" /><button>Buy</button>
        </form>
        <form data-action="/orders">
          <input type="hidden" name="productId" value="${id}" />
          <input type="hidden" name="card" value="declined" />
          <button class="quiet">Buy, card declined</button>
        </form>
        <form data-action="/orders" data-says="Recorded: Coupon Redeemed, Order Completed">
          <input type="hidden" name="productId" value="${id}" />
          <input type="hidden" name="coupon" value="WELCOME" />
          <button class="quiet">Buy with coupon</button>
        </form>
        <form data-action="/orders">
          <input type="hidden" name="productId" value="${id}" />
          <input type="hidden" name="coupon" value="WELCOME" />
          <input type="hidden" name="card" value="declined" />
          <button class="quiet">With coupon, card declined (rolled back)</button>
        </form>`
    }
  </div>`;
}

function orders(list: readonly Order[]): Html {
  return html`<section>
    <h2>Your orders</h2>
    <ul>
      ${list.map(
        (order) =>
          html`<li>
            ${order.product}
            <span class="soft">${order.total.toFixed(2)} ${order.refundedAt && 'refunded'}</span>
            <form
              data-action="/pretend-provider/orders/${order.id}/pay-twice"
              data-says="The webhook arrived twice. Recorded once: Payment Received"
            >
              <button class="quiet">Pay (webhook arrives twice)</button>
            </form>
          </li>`,
      )}
    </ul>
    ${list.length === 0 && html`<span class="soft">None yet. The admin can refund them.</span>`}
  </section>`;
}

function refunds(list: readonly Order[]): Html {
  return html`<section>
    <h2>Orders of all customers</h2>
    <ul>
      ${list.map(
        (order) =>
          html`<li>
            ${order.product} <span class="soft">${order.total.toFixed(2)} by ${order.customerId}</span>
            ${
              order.refundedAt
                ? html`<span class="soft">refunded</span>`
                : html`<form
                    data-action="/admin/orders/${order.id}/refund"
                    data-says="Recorded for the customer: Order Refunded"
                  >
                    <button class="quiet">Refund</button>
                  </form>`
            }
          </li>`,
      )}
    </ul>
    ${list.length === 0 && html`<span class="soft">None yet.</span>`}
  </section>`;
}

function subscription(current: Subscription | undefined): Html {
  return html`<section>
    <h2>Tea of the month</h2>
    ${current ? subscribed(current) : start()}
  </section>`;
}

function start(): Html {
  return html`<form data-action="/subscription" data-says="Recorded: Trial Started">
    <button>Start a trial</button>
  </form>`;
}

function subscribed({ plan, renewsAt, cancelledAt }: Subscription): Html {
  if (cancelledAt) return html`<span class="soft">Cancelled</span>`;
  return html`<div>
    ${plan}, <span class="soft">renews automatically at ${renewsAt.toLocaleTimeString('en-GB')}</span>
    ${
      plan === 'basic' &&
      html`<form data-action="/subscription/upgrade" data-says="Recorded: Plan Upgraded">
        <button>Upgrade</button>
      </form>`
    }
    <form data-action="/subscription" data-method="DELETE" data-says="Recorded: Subscription Cancelled">
      <button class="quiet">Cancel</button>
    </form>
  </div>`;
}
