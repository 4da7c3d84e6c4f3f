import type { Clock, Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';

/** Timers that keep no process alive. They notice when this process did not run: it was stopped, or its event loop was blocked. */
export class BackgroundTimers {
  readonly #dueAt = new Map<Timer, number>();
  #latestMs = 0;

  constructor(private readonly clock: Clock) {}

  after(delayMs: number, fn: () => void): Timer {
    const dueAt = this.clock.monotonic() + delayMs;
    const timer = detached(() =>
      this.clock.after(delayMs, () => {
        this.#dueAt.delete(timer);
        this.#latestMs = Math.max(this.#latestMs, this.clock.monotonic() - dueAt);
        fn();
      }),
    );
    this.#dueAt.set(timer, dueAt);
    timer.hold(false);
    return timer;
  }

  cancel(timer: Timer | undefined): void {
    if (timer === undefined) return;
    this.#dueAt.delete(timer);
    timer.cancel();
  }

  /** The delay of the latest timer since the last {@link forgetLateness}, with timers that are due now. */
  get latenessMs(): number {
    const now = this.clock.monotonic();
    return Math.max(this.#latestMs, ...[...this.#dueAt.values()].map((dueAt) => now - dueAt));
  }

  forgetLateness(): void {
    this.#latestMs = 0;
  }
}
