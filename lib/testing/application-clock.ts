import type { Clock, Timer } from '../host/clock.js';
import { firstOf, rest } from './real-time.js';

interface Armed {
  readonly at: number;
  readonly fn: () => void;
  inner: Timer | undefined;
}

/**
 * One application's view of a clock. When the application shuts down, its timers run without delay, so a test that closes it
 * during an outage need not wait or advance a clock.
 */
export class ApplicationClock implements Clock {
  readonly #timers = new Set<Armed>();
  #soon = 0;
  /** Milliseconds that the shutdown has skipped. */
  #ahead = 0;
  #hurrying = false;
  #running = false;

  constructor(private readonly base: Clock) {}

  now(): number {
    return this.base.now();
  }

  monotonic(): number {
    return this.base.monotonic() + this.#ahead;
  }

  after(delayMs: number, fn: () => void): Timer {
    const armed: Armed = { at: this.monotonic() + Math.max(0, delayMs), fn, inner: undefined };
    this.#timers.add(armed);
    if (this.#hurrying) void this.#hurry();
    else if (delayMs <= 0) this.soon(() => this.#fire(armed));
    else armed.inner = this.base.after(delayMs, () => this.#fire(armed));
    return {
      cancel: () => {
        this.#timers.delete(armed);
        armed.inner?.cancel();
      },
      // An application that a test forgets to close does not keep the process alive.
      hold: () => armed.inner?.hold(false),
    };
  }

  soon(fn: () => void): void {
    this.#soon++;
    this.base.soon(() => {
      this.#soon--;
      fn();
    });
  }

  /** Begins the shutdown: from now on, time advances whenever the application is idle. */
  hurry(): void {
    this.#hurrying = true;
    for (const { inner } of this.#timers) inner?.cancel();
    void this.#hurry();
  }

  async #hurry(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (;;) {
      await rest(() => this.#soon > 0);
      const next = firstOf(this.#timers);
      if (next === undefined) break;
      this.#ahead += Math.max(0, next.at - this.monotonic());
      this.#fire(next);
    }
    this.#running = false;
  }

  #fire(armed: Armed): void {
    if (this.#timers.delete(armed)) armed.fn();
  }
}
