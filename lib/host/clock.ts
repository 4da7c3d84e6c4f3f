import { performance } from 'node:perf_hooks';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

/** A timer that can be ended and told whether it keeps the process alive. */
export interface Timer {
  cancel(): void;
  /** Whether this timer alone should keep the process running. */
  hold(holds: boolean): void;
}

/** The only source of time in this package, so that tests can own it. */
export interface Clock {
  /** Wall clock, epoch milliseconds: what is written into events. May jump. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never goes back: what durations, ages and deadlines are measured by. */
  monotonic(): number;
  /** Runs `fn` once after `delayMs`. Delays beyond what Node's timers hold (2^31-1) are cut to that. */
  after(delayMs: number, fn: () => void): Timer;
  /** Runs `fn` once in the next turn of the event loop, after I/O had its turn. */
  soon(fn: () => void): void;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

// From Node's own modules, and kept: the fake timers of a test runner would keep an application from closing.
const real = { monotonic: performance.now.bind(performance), setTimeout, clearTimeout, setImmediate };

/** The machine's own clock. Fake timers do not stop it; a fake `Date` is the time that it gives events. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => real.monotonic(),
  after(delayMs, fn) {
    const timeout = real.setTimeout(fn, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
    return {
      cancel: () => real.clearTimeout(timeout),
      hold: (holds) => {
        if (holds) timeout.ref();
        else timeout.unref();
      },
    };
  },
  soon: (fn) => void real.setImmediate(fn),
};

/** The token under which the module provides its clock; a test may override it. */
export const TRACKING_CLOCK = Symbol.for('nestjs-tracking.clock');
