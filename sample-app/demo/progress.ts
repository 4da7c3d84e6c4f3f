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
    line.show(
      [
        `${String(Math.round((Date.now() - began) / 1_000)).padStart(3)} s`,
        `${accepted} accepted`,
        `${delivered} delivered`,
        `${pending} waiting`,
        `${retried} retried`,
        `collector ${stats.outage === 'none' ? 'up' : 'DOWN'}, counted ${stats.events.counted} events`,
      ].join(' | '),
    );
    await pause(line.everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  line.end();
}
