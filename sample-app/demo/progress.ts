import { setTimeout as pause } from 'node:timers/promises';
import type { Branch } from './branch.js';
import type { CollectorClient } from './collector-client.js';
import type { LiveLine } from './live-line.js';
import { sumOf } from './totals.js';

/** Shows the counts of the shops and the collector until `stop`. */
export async function showProgress(
  line: LiveLine,
  shops: readonly Branch[],
  collector: CollectorClient,
  stop: AbortSignal,
): Promise<void> {
  const began = Date.now();
  while (!stop.aborted) {
    const [stats, ...reports] = await Promise.all([collector.stats(), ...shops.map((shop) => shop.report())]);
    const known = reports.filter((report) => report !== undefined).map((report) => report.stats);
    const { accepted, takenOver, delivered, pending, retried } = sumOf(known);
    const seconds = Math.round((Date.now() - began) / 1_000);
    const down = shops.filter((shop) => shop.isDown).map((shop) => `${shop.name} KILLED, `);
    const collected = stats.outage === 'none' ? `counted ${stats.events.counted}` : 'collector DOWN';
    const found = takenOver > 0 ? `, taken over ${takenOver}` : '';
    line.show(
      `${seconds} s | accepted ${accepted}${found}, delivered ${delivered}, pending ${pending}, retried ${retried} | ${down.join('')}${collected}`,
    );
    await pause(line.everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  line.end();
}
