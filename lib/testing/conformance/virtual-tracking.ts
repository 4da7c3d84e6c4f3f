import { Log } from '../../host/log.js';
import type { ResolvedOptions } from '../../options/resolve-options.js';
import { TrackingRuntime } from '../../runtime/tracking.runtime.js';
import { TrackingService } from '../../tracking.service.js';
import { rest } from '../real-time.js';
import { TestClock } from '../test-clock.js';

/** Tracking of an application in virtual time, without Nest. */
export class VirtualTracking {
  readonly clock = new TestClock();
  readonly lines: string[] = [];
  readonly service: TrackingService;
  readonly #runtime: TrackingRuntime;

  /** @param isBusy whether real work is under way that needs no time to pass */
  constructor(
    options: ResolvedOptions,
    private readonly isBusy: () => boolean = () => false,
  ) {
    const keep = (line: string): void => void this.lines.push(line);
    const log = new Log(() => this.clock.monotonic(), { log: keep, warn: keep, error: keep });
    this.#runtime = new TrackingRuntime(options, this.clock, log);
    this.service = new TrackingService(this.#runtime);
  }

  /** Advances virtual time until a condition holds; false if it does not hold in time. */
  async until(goal: () => boolean, withinMs: number): Promise<boolean> {
    const end = this.clock.monotonic() + withinMs;
    for (;;) {
      await rest(() => this.clock.soonPending > 0 || this.isBusy());
      if (goal()) return true;
      const next = this.clock.nextAt;
      if (next === undefined || next > end) return false;
      this.clock.advanceTo(next);
    }
  }

  /** Shuts it down as an application does. */
  async close(): Promise<void> {
    let isClosed = false;
    const closing = this.#runtime.close().finally(() => (isClosed = true));
    await this.until(() => isClosed, Infinity);
    if (isClosed) await closing;
  }
}
