import { setTimeout as pause } from 'node:timers/promises';
import type { Branch } from './branch.js';
import { CutOff } from './browser.js';
import type { Ledger } from './ledger.js';
import type { PaymentProvider } from './payment-provider.js';
import { Random } from './random.js';
import { ARRIVAL_MS, SHOPPERS } from './settings.js';
import { Shopper } from './shopper.js';

/** Sends half of the shoppers to each shop. Resolves when all have left, with one sentence for each surprise. */
export async function runTraffic(
  seed: number,
  shops: readonly Branch[],
  ledger: Ledger,
  provider: PaymentProvider,
  until: AbortSignal,
): Promise<string[]> {
  const surprises: string[] = [];
  await Promise.all(
    Array.from({ length: SHOPPERS }, async (_, number) => {
      const random = new Random(seed + number * 7_919);
      const own = shops[number % shops.length]!;
      const others = shops.filter((shop) => shop !== own);
      try {
        await pause(random.between(0, ARRIVAL_MS));
        for (let visit = 0; !until.aborted; visit++) {
          // A restarted shop has no customers, because it keeps them in memory: they return as new ones.
          const customer = number + visit * SHOPPERS;
          await own.open();
          try {
            await new Shopper(customer, { ledger, provider, shops: [own, ...others] }, random).shop(until);
          } catch (error) {
            if (!(error instanceof CutOff) || !own.wasKilled) throw error;
          }
        }
      } catch (error) {
        surprises.push(`Shopper ${number}: ${String(error)}`);
      }
    }),
  );
  return surprises;
}
