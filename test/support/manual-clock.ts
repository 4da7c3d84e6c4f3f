import type { Clock, Timer } from '../../lib/host/clock.js';

/** Most callbacks that may run without time passing; more of them indicate an endless loop. */
const MAX_CALLBACKS_AT_ONCE = 20_000;

interface Armed extends Timer {
  readonly at: number;
  readonly fn: () => void;
  holds: boolean;
}

/**
 * A clock that the test controls: timers run only when the test advances it, and in order. The wall clock begins at
 * 2026-01-01T00:00:00Z, the monotonic clock at an unusual number, so that confusing the two is visible.
 */
export class ManualClock implements Clock {
  #wall = 1_767_225_600_000;
  #monotonic = 12_345;
  #soon: (() => void)[] = [];
  #timers: Armed[] = [];
  #callbacks = 0;

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, fn: () => void): Timer {
    if (Number.isNaN(delayMs)) throw new Error('a timer was set to NaN');
    const timer: Armed = {
      at: this.#monotonic + Math.max(0, delayMs),
      fn,
      holds: true,
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
      hold: (holds) => {
        timer.holds = holds;
      },
    };
    this.#timers.push(timer);
    return timer;
  }

  soon(fn: () => void): void {
    this.#soon.push(fn);
  }

  /** Pending timers. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Whether a timer would keep a process alive. */
  get holdsProcess(): boolean {
    return this.#timers.some(({ holds }) => holds);
  }

  /** Moves the wall clock alone, as an operator or NTP does. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  /** Runs all timers that are or become due now, without time passing. */
  run(): void {
    this.advance(0);
  }

  /** Advances the time, and runs every timer at its time. */
  advance(ms: number): void {
    const until = this.#monotonic + ms;
    this.#callbacks = 0;
    for (;;) {
      this.#runSoon();
      const next = this.#earliest();
      if (next === undefined || next.at > until) break;
      this.#moveTo(next.at);
      next.cancel();
      this.#call(next.fn);
    }
    this.#moveTo(until);
  }

  /** Like {@link advance}, in steps, with a turn for promises after each. */
  async elapse(ms: number, steps = 1): Promise<void> {
    await this.settle();
    for (let step = 0; step < steps; step++) {
      this.advance(ms / steps);
      await this.settle();
    }
  }

  /** Runs due timers and promises until nothing more happens without time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) {
      this.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.run();
  }

  #runSoon(): void {
    while (this.#soon.length > 0) {
      const due = this.#soon;
      this.#soon = [];
      for (const fn of due) this.#call(fn);
    }
  }

  #call(fn: () => void): void {
    if (++this.#callbacks > MAX_CALLBACKS_AT_ONCE)
      throw new Error('work goes on and on while no time passes');
    fn();
  }

  #earliest(): Armed | undefined {
    let first: Armed | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }

  #moveTo(monotonic: number): void {
    if (monotonic > this.#monotonic) this.#callbacks = 0;
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}
