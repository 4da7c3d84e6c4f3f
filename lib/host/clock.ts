import { performance } from 'node:perf_hooks';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

/** A timer that can be ended, and that may keep the process alive. */
export interface Timer {
  cancel(): void;
  /** Whether this timer alone should keep the process running. */
  hold(holds: boolean): void;
}

/** The only source of time in this package, so that tests can control it. */
export interface Clock {
  /** The wall clock in epoch milliseconds, for the times of events. May jump. */
  now(): number;
  /** Milliseconds since an arbitrary moment, for durations, ages and deadlines. Never goes back. */
  monotonic(): number;
  /** Runs `fn` once after `delayMs`. Longer delays than Node's limit (2^31-1) are cut to it. */
  after(delayMs: number, fn: () => void): Timer;
  /** Runs `fn` once in the next turn of the event loop, after I/O. */
  soon(fn: () => void): void;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

// Imported from Node's modules and kept, because with a test runner's fake timers an application could not close.
const real = { monotonic: performance.now.bind(performance), setTimeout, clearTimeout, setImmediate };

/** The machine's clock. Fake timers do not stop it; a fake `Date` sets the time of events. */
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
