import { setTimeout as pause } from 'node:timers/promises';
import type { CollectorClient } from './collector-client.js';
import { LiveLine } from './live-line.js';
import type { Staff } from './staff.js';
import { sumOf } from './totals.js';

/** Tells how it goes, from what the shops and the collector say of themselves, until told to stop. */
export async function showProgress(
  staff: readonly Staff[],
  collector: CollectorClient,
  stop: AbortSignal,
): Promise<void> {
  const line = new LiveLine();
  const began = Date.now();
  while (!stop.aborted) {
    const [stats, ...reports] = await Promise.all([collector.stats(), ...staff.map((each) => each.report())]);
    const { accepted, delivered, pending, retried } = sumOf(reports.map((report) => report.stats));
    const seconds = Math.round((Date.now() - began) / 1_000);
    const collected = stats.outage === 'none' ? `counted ${stats.events.counted}` : 'collector DOWN';
    line.show(
      `${seconds} s | accepted ${accepted}, delivered ${delivered}, waiting ${pending}, retried ${retried} | ${collected}`,
    );
    await pause(line.everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  line.end();
}
