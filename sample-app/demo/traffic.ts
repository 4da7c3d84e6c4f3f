import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from './ledger.js';
import type { PaymentProvider } from './payment-provider.js';
import { Random } from './random.js';
import { ARRIVAL_MS, SHOPPERS } from './settings.js';
import { Shopper } from './shopper.js';
import type { Staff } from './staff.js';

/** Sends the shoppers in, half to each process. Resolves, once all have left, to what went differently than it must. */
export async function runTraffic(
  seed: number,
  staff: ReadonlyMap<string, Staff>,
  ledger: Ledger,
  provider: PaymentProvider,
  until: AbortSignal,
): Promise<string[]> {
  const shops = [...staff.keys()];
  const surprises: string[] = [];
  await Promise.all(
    Array.from({ length: SHOPPERS }, async (_, number) => {
      const random = new Random(seed + number * 7_919);
      const own = shops[number % shops.length]!;
      const others = shops.filter((shop) => shop !== own);
      const shopper = new Shopper(
        number,
        { ledger, provider, staff: staff.get(own)!, shops: [own, ...others] },
        random,
      );
      try {
        await pause(random.between(0, ARRIVAL_MS));
        await shopper.shop(until);
      } catch (error) {
        surprises.push(`Shopper ${number}: ${String(error)}`);
      }
    }),
  );
  return surprises;
}
