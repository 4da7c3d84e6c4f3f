import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../src/observe/tracking-report.js';
import type { Branch } from './branch.js';
import { count } from './count.js';
import type { LiveLine } from './live-line.js';
import { KILL } from './settings.js';
import { sumOf } from './totals.js';

/** Kills a shop as soon as enough events are pending in it, and restarts it on the same journal. */
export async function killInTheMiddle(shop: Branch, line: LiveLine): Promise<void> {
  const lastWords = await reportWithPending(shop);
  const { pending } = sumOf([lastWords.stats]);
  line.say(`SIGKILL for ${shop.name}, with ${count(pending, 'pending event')}.`);
  await shop.kill(lastWords, () => pause(KILL.downMs));
  line.say(`${shop.name} is running again, on the same journal.`);
}

async function reportWithPending(shop: Branch): Promise<Report> {
  const patience = Date.now() + KILL.patienceMs;
  for (;;) {
    const report = await shop.staff.report();
    if (sumOf([report.stats]).pending >= KILL.pending || Date.now() > patience) return report;
    await pause(20);
  }
}
