import type { Clock, Timer } from '../../lib/host/clock.js';

/** Callbacks that may run without time passing; more of them is a loop that would burn a processor. */
const MAX_CALLBACKS_AT_ONCE = 20_000;

interface Armed extends Timer {
  readonly at: number;
  readonly fn: () => void;
  holds: boolean;
}

/**
 * Time that the test owns: nothing happens until it says so, and then everything in order. Begins at 2026-01-01T00:00:00Z
 * on the wall, and at an odd number on the monotonic clock, so that mixing up the two shows.
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

  /** Timers that wait. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Whether a process would live on for the sake of a timer. */
  get holdsProcess(): boolean {
    return this.#timers.some(({ holds }) => holds);
  }

  /** Moves the wall clock alone, as an operator or NTP does. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  /** Runs what is due now and what that makes due, without time passing. */
  run(): void {
    this.advance(0);
  }

  /** Lets so much time pass, and runs everything that comes due on the way at its time. */
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

  /** As {@link advance}, in steps, with a turn for promises after each. */
  async elapse(ms: number, steps = 1): Promise<void> {
    await this.settle();
    for (let step = 0; step < steps; step++) {
      this.advance(ms / steps);
      await this.settle();
    }
  }

  /** Runs what is due now, and what promises make of it, until nothing is left to do without time passing. */
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
