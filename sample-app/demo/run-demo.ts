import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../src/observe/tracking-report.js';
import { audit } from './audit.js';
import { Branch } from './branch.js';
import { CollectorClient } from './collector-client.js';
import { killInTheMiddle } from './kill.js';
import { Ledger } from './ledger.js';
import { LiveLine } from './live-line.js';
import { PaymentProvider } from './payment-provider.js';
import { finalReport, startCollectorProcess } from './processes.js';
import { showProgress } from './progress.js';
import { type ClosedShop, verdict } from './report.js';
import { BILLING_PERIOD_MS, CLOSING_MS, KILL, OUTAGE, SHOPPERS, TRAFFIC_MS } from './settings.js';
import { runTraffic } from './traffic.js';

/**
 * Runs a collector, two processes of one shop on one journal, a crowd of shoppers, and an outage in which one shop is
 * killed and restarted. Then compares the accounts.
 *
 * @param folder an empty folder for the files of the shops
 * @returns whether the accounts agree
 */
export async function runDemo(seed: number, folder: string): Promise<boolean> {
  const collectorProcess = await startCollectorProcess();
  const collector = new CollectorClient(collectorProcess.url);
  const ledger = new Ledger();
  const paymentSecret = randomBytes(12).toString('hex');
  const settings = {
    // The demo's events stay on this machine, whatever the environment says.
    KISSMETRICS_ENDPOINT: collector.url,
    KISSMETRICS_API_KEY: '0'.repeat(40),
    NESTJS_TRACKING_DIRECTORY: join(folder, 'tracking'),
    SHOP_HOST: '127.0.0.1',
    SHOP_ADMIN_PASSWORD: randomBytes(12).toString('hex'),
    SHOP_PAYMENT_SECRET: paymentSecret,
    SHOP_BILLING_PERIOD_MS: String(BILLING_PERIOD_MS),
    SHOP_RENEWALS_EVERY_MS: '250',
  };
  mkdirSync(folder, { recursive: true });
  const open = (name: string): Promise<Branch> =>
    Branch.open(name, { ...settings, SHOP_RENEWAL_BOOKS: join(folder, `${name}.jsonl`) }, ledger);
  const shops = await Promise.all([open('shop 1'), open('shop 2')]);
  const [, victim] = shops;
  console.log(
    `The collector runs at ${collector.url}. It stands in for KISSmetrics.\n` +
      `The shop runs in two processes, ${shops.map((shop) => shop.url).join(' and ')}, which share one journal.\n` +
      `${SHOPPERS} shoppers use it for ${TRAFFIC_MS / 1_000} s. After ${OUTAGE.afterMs / 1_000} s the collector is down ` +
      `for ${OUTAGE.seconds} s. After ${KILL.afterMs / 1_000} s ${victim.name} is killed and restarted.\n` +
      `To repeat the same shoppers, set DEMO_SEED=${seed}.\n`,
  );

  const over = new AbortController();
  setTimeout(() => over.abort(), TRAFFIC_MS);
  const watched = new AbortController();
  const line = new LiveLine();
  const [surprises] = await Promise.all([
    runTraffic(seed, shops, ledger, new PaymentProvider(paymentSecret, ledger), over.signal).finally(() =>
      watched.abort(),
    ),
    showProgress(line, shops, collector, watched.signal),
    pause(OUTAGE.afterMs).then(() => collector.fail(OUTAGE.seconds)),
    pause(KILL.afterMs).then(() => killInTheMiddle(victim, line)),
  ]);
  for (const { staff } of shops) await staff.closeBooks();

  console.log('\nBoth shops get SIGTERM. They deliver their pending events, then exit.');
  const closed = await Promise.all(shops.map((shop) => close(shop, surprises)));
  const { text, agrees } = verdict(closed, ledger, await audit(ledger, collector), surprises);
  await collectorProcess.stop(CLOSING_MS);
  console.log(text);
  if (!agrees) {
    for (const { name, process } of shops) console.log(`\nOutput of ${name}:\n${shortened(process.lines)}`);
  }
  return agrees;
}

/** Long lines are cut: the report in the last one is shown as tables. */
function shortened(lines: readonly string[]): string {
  return lines.map((each) => (each.length > 500 ? `${each.slice(0, 500)}…` : each)).join('\n');
}

async function close(shop: Branch, surprises: string[]): Promise<ClosedShop> {
  const { process, lastWords } = shop;
  const gracefully = await process.stop(CLOSING_MS);
  if (!gracefully)
    surprises.push(`${shop.name} did not shut down cleanly. Its output:\n${process.lines.join('\n')}`);
  const report = finalReport<Report>(process);
  if (!report)
    throw new Error(`${shop.name} exited without its report. Its output:\n${process.lines.join('\n')}`);
  return { name: shop.name, url: shop.url, report, ...(lastWords && { lastWords }) };
}
