import { setTimeout as pause } from 'node:timers/promises';
import type { Branch } from './branch.js';
import type { CollectorClient } from './collector-client.js';
import type { LiveLine } from './live-line.js';
import { sumOf } from './totals.js';

/** Tells how it goes, from what the shops and the collector say of themselves, until told to stop. */
export async function showProgress(
  line: LiveLine,
  shops: readonly Branch[],
  collector: CollectorClient,
  stop: AbortSignal,
): Promise<void> {
  const began = Date.now();
  while (!stop.aborted) {
    const [stats, ...reports] = await Promise.all([collector.stats(), ...shops.map((shop) => shop.report())]);
    const said = reports.filter((report) => report !== undefined).map((report) => report.stats);
    const { accepted, takenOver, delivered, pending, retried } = sumOf(said);
    const seconds = Math.round((Date.now() - began) / 1_000);
    const down = shops.filter((shop) => shop.isDown).map((shop) => `${shop.name} DEAD, `);
    const collected = stats.outage === 'none' ? `counted ${stats.events.counted}` : 'collector DOWN';
    const found = takenOver > 0 ? `, from the journal ${takenOver}` : '';
    line.show(
      `${seconds} s | accepted ${accepted}${found}, delivered ${delivered}, waiting ${pending}, retried ${retried} | ${down.join('')}${collected}`,
    );
    await pause(line.everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  line.end();
}
