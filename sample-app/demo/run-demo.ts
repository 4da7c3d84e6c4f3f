import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../src/observe/tracking-report.js';
import { audit } from './audit.js';
import type { Child } from './child.js';
import { CollectorClient } from './collector-client.js';
import { Ledger } from './ledger.js';
import { PaymentProvider } from './payment-provider.js';
import { finalReport, startCollectorProcess, startShopProcess } from './processes.js';
import { showProgress } from './progress.js';
import { type ClosedShop, verdict } from './report.js';
import { BILLING_PERIOD_MS, CLOSING_MS, OUTAGE, SHOPPERS, TRAFFIC_MS } from './settings.js';
import { Staff } from './staff.js';
import { runTraffic } from './traffic.js';

/** A collector, two processes of one shop, a crowd of shoppers, an outage; then the accounts. True when they agree. */
export async function runDemo(seed: number): Promise<boolean> {
  const adminPassword = randomBytes(12).toString('hex');
  const paymentSecret = randomBytes(12).toString('hex');

  const collectorProcess = await startCollectorProcess();
  const collector = new CollectorClient(collectorProcess.url);
  const settings = {
    // Whatever the environment holds, the demo's events stay on this machine.
    KISSMETRICS_ENDPOINT: collector.url,
    KISSMETRICS_API_KEY: '0'.repeat(40),
    SHOP_HOST: '127.0.0.1',
    SHOP_ADMIN_PASSWORD: adminPassword,
    SHOP_PAYMENT_SECRET: paymentSecret,
    SHOP_BILLING_PERIOD_MS: String(BILLING_PERIOD_MS),
    SHOP_RENEWALS_EVERY_MS: '250',
  };
  const shops = await Promise.all(['shop 1', 'shop 2'].map((name) => startShopProcess(name, settings)));
  console.log(
    `Collector at ${collector.url}, shops at ${shops.map((shop) => shop.url).join(' and ')}.\n` +
      `${SHOPPERS} shoppers for ${TRAFFIC_MS / 1_000} s; after ${OUTAGE.afterMs / 1_000} s the collector is down ` +
      `for ${OUTAGE.seconds} s. (DEMO_SEED=${seed} sends the same shoppers again.)\n`,
  );

  const ledger = new Ledger();
  const staff = new Map<string, Staff>();
  for (const { url } of shops) staff.set(url, await Staff.signIn(url, adminPassword, ledger));

  const over = new AbortController();
  setTimeout(() => over.abort(), TRAFFIC_MS);
  const watched = new AbortController();
  const [surprises] = await Promise.all([
    runTraffic(seed, staff, ledger, new PaymentProvider(paymentSecret, ledger), over.signal).finally(() =>
      watched.abort(),
    ),
    showProgress([...staff.values()], collector, watched.signal),
    pause(OUTAGE.afterMs).then(() => collector.fail(OUTAGE.seconds)),
  ]);
  for (const each of staff.values()) await each.closeBooks();

  console.log('\nThe shops close: SIGTERM, and what waits is delivered first.');
  const closed = await Promise.all(shops.map((shop) => close(shop, surprises)));
  const { text, agrees } = verdict(closed, ledger, await audit(ledger, collector), surprises);
  await collectorProcess.stop(CLOSING_MS);
  console.log(text);
  return agrees;
}

async function close(shop: Child, surprises: string[]): Promise<ClosedShop> {
  const gracefully = await shop.stop(CLOSING_MS);
  if (!gracefully) surprises.push(`${shop.name} did not close by itself:\n${shop.lines.join('\n')}`);
  const report = finalReport<Report>(shop);
  if (!report) throw new Error(`${shop.name} ended without its report:\n${shop.lines.join('\n')}`);
  return { name: shop.name, url: shop.url, report };
}
