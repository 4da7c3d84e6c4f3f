import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../src/observe/tracking-report.js';
import { VARIABLES } from '../src/tracking/routes.js';
import { audit } from './audit.js';
import { Branch } from './branch.js';
import { CollectorClient } from './collector-client.js';
import * as say from './demo.messages.js';
import type { ClosedShop } from './disagreements.js';
import { Ledger } from './ledger.js';
import { PaymentProvider } from './payment-provider.js';
import { finalReport, startCollectorProcess } from './processes.js';
import { Progress } from './progress.js';
import { verdict } from './report.js';
import { BILLING_PERIOD_MS, CLOSING_MS, CUT, KILL, OUTAGE, PLATFORMS, TRAFFIC_MS } from './settings.js';
import { laneTotals } from './totals.js';
import { runTraffic } from './traffic.js';

export interface DemoOptions {
  /** Repeats the choices of the shoppers. */
  readonly seed: number;
  /** An empty folder for the files of the shops. */
  readonly folder: string;
  /** Shows the details of the accounts also where they agree. */
  readonly details: boolean;
}

/**
 * Runs a collector, two processes of one shop on one journal, a crowd of shoppers, and an outage of one platform in which
 * one shop is killed and restarted. Then compares the accounts.
 *
 * @returns whether the accounts agree
 */
export async function runDemo({ seed, folder, details }: DemoOptions): Promise<boolean> {
  const collectorProcess = await startCollectorProcess();
  const collector = new CollectorClient(collectorProcess.url);
  const ledger = new Ledger();
  const paymentSecret = randomBytes(12).toString('hex');
  const settings = {
    SHOP_DESTINATIONS: PLATFORMS.join(','),
    SHOP_COLLECTOR: collector.url,
    // The demo's events stay on this machine, whatever the environment says.
    ...Object.fromEntries(
      PLATFORMS.flatMap((name) => Object.keys(VARIABLES[name]).map((each) => [each, ''])),
    ),
    NESTJS_TRACKING_DIRECTORY: join(folder, 'tracking'),
    SHOP_HOST: '127.0.0.1',
    SHOP_ADMIN_PASSWORD: randomBytes(12).toString('hex'),
    SHOP_PAYMENT_SECRET: paymentSecret,
    SHOP_BILLING_PERIOD_MS: String(BILLING_PERIOD_MS),
    SHOP_RENEWALS_EVERY_MS: '250',
  };
  const open = (name: string): Promise<Branch> =>
    Branch.open(name, { ...settings, SHOP_RENEWAL_BOOKS: join(folder, `${name}.jsonl`) }, ledger);
  const shops = await Promise.all([open('shop 1'), open('shop 2')]);
  const [, victim] = shops;
  const addresses = shops.map((shop) => shop.url);
  console.log(say.began(collector.url, addresses, seed));

  const over = new AbortController();
  setTimeout(() => over.abort(), TRAFFIC_MS);
  const watched = new AbortController();
  const progress = new Progress();
  const titles = await collector.titles();
  const [surprises, , , outageAt] = await Promise.all([
    runTraffic(seed, shops, ledger, new PaymentProvider(paymentSecret, ledger), over.signal).finally(() =>
      watched.abort(),
    ),
    progress.run(shops, collector, watched.signal),
    pause(CUT.afterMs).then(async () => {
      progress.say(say.cutting(titles.get(CUT.platform)!, CUT.requests));
      await collector.script({ platform: CUT.platform, answer: 'cut', requests: CUT.requests });
    }),
    pause(OUTAGE.afterMs).then(async () => {
      progress.say(say.down(titles.get(OUTAGE.platform)!, OUTAGE.seconds));
      await collector.script({ platform: OUTAGE.platform, answer: 'down', seconds: OUTAGE.seconds });
      return Date.now();
    }),
    pause(KILL.afterMs).then(() => killInTheMiddle(victim, progress)),
  ]);
  for (const { staff } of shops) await staff.closeBooks();

  console.log(say.CLOSING);
  const closed = await Promise.all(shops.map((shop) => close(shop, surprises)));
  const audits = await audit(ledger, collector);
  const { text, agrees } = verdict({ shops: closed, ledger, audits, outageAt, surprises }, details);
  await collectorProcess.stop(CLOSING_MS);
  console.log(text);
  if (!agrees) {
    for (const { name, process } of shops) console.log(`\nOutput of ${name}:\n${shortened(process.lines)}`);
  }
  return agrees;
}

/** Kills a shop as soon as enough events are pending in it, and restarts it on the same journal. */
async function killInTheMiddle(shop: Branch, progress: Progress): Promise<void> {
  const patience = Date.now() + KILL.patienceMs;
  let lastWords = await shop.staff.report();
  while (laneTotals([lastWords.stats], OUTAGE.platform).pending < KILL.pending && Date.now() < patience) {
    await pause(20);
    lastWords = await shop.staff.report();
  }
  progress.say(say.killing(shop.name, laneTotals([lastWords.stats]).pending));
  await shop.kill(lastWords, () => pause(KILL.downMs));
  progress.say(say.restarted(shop.name));
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
