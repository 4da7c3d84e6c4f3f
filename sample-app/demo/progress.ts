import { setTimeout as pause } from 'node:timers/promises';
import type { Branch } from './branch.js';
import type { CollectorClient } from './collector-client.js';
import { progressHead, progressLine } from './demo.messages.js';
import { PLATFORMS } from './settings.js';
import { laneTotals } from './totals.js';

/** Lines about the running demo: on a terminal the last one is updated in place, elsewhere one is added every two seconds. */
export class Progress {
  readonly #tty = process.stdout.isTTY;
  readonly #began = Date.now();
  #shown = '';

  /** Prints a line that stays on the screen. */
  say(text: string): void {
    console.log(this.#tty ? `\r\x1b[2K${text}` : text);
    if (this.#tty) process.stdout.write(this.#shown);
  }

  /** Shows what arrived at each platform, and what is pending for it, until `stop`. */
  async run(shops: readonly Branch[], collector: CollectorClient, stop: AbortSignal): Promise<void> {
    const titles = await collector.titles();
    console.log(progressHead(PLATFORMS.map((name) => titles.get(name)!)));
    while (!stop.aborted) {
      const [counts, ...reports] = await Promise.all([
        collector.counts(),
        ...shops.map((shop) => shop.report()),
      ]);
      const known = reports.filter((report) => report !== undefined).map((report) => report.stats);
      this.#show(
        progressLine(
          Math.round((Date.now() - this.#began) / 1_000),
          PLATFORMS.map((name) => ({
            arrived: counts.find(({ platform }) => platform === name)?.delivered ?? 0,
            pending: laneTotals(known, name).pending,
          })),
        ),
      );
      await pause(this.#tty ? 250 : 2_000, undefined, { signal: stop }).catch(() => undefined);
    }
    if (this.#tty) process.stdout.write('\n');
  }

  #show(line: string): void {
    this.#shown = line;
    if (this.#tty) process.stdout.write(`\r\x1b[2K${line}`);
    else console.log(line);
  }
}
