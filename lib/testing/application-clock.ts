import type { Clock, Timer } from '../host/clock.js';
import { rest } from './real-time.js';

interface Armed {
  readonly at: number;
  readonly fn: () => void;
  inner: Timer | undefined;
}

/**
 * One application's view of a clock. What is due at once needs no time to pass; and when the application ends, its waits
 * end with it: a test that closes an application in the middle of an outage waits neither for ten seconds nor for somebody
 * to advance a clock.
 */
export class ApplicationClock implements Clock {
  readonly #timers = new Set<Armed>();
  #soon = 0;
  /** Milliseconds that its end has taken so far, for nobody else. */
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
    const armed: Armed = {
      at: this.monotonic() + Math.max(0, delayMs),
      fn,
      inner: undefined,
    };
    this.#timers.add(armed);
    if (this.#hurrying) void this.#hurry();
    else if (delayMs <= 0) this.soon(() => this.#fire(armed));
    else armed.inner = this.base.after(delayMs, () => this.#fire(armed));
    return {
      cancel: () => {
        this.#timers.delete(armed);
        armed.inner?.cancel();
      },
      // An application that a test forgets to close keeps nobody waiting, whatever it has not delivered.
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

  /** The application ends: from here on time passes whenever nothing else is left to do. */
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
      const next = this.#first();
      if (next === undefined) break;
      this.#ahead += Math.max(0, next.at - this.monotonic());
      this.#fire(next);
    }
    this.#running = false;
  }

  #fire(armed: Armed): void {
    if (this.#timers.delete(armed)) armed.fn();
  }

  #first(): Armed | undefined {
    let first: Armed | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }
}
