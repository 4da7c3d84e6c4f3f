import { performance } from 'node:perf_hooks';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import type { Clock } from '../host/clock.js';

// Taken now and from Node's own modules: a runner's fake timers replace the globals, and what they hold back would keep an
// application from closing.
const real = {
  monotonic: performance.now.bind(performance),
  setTimeout,
  clearTimeout,
  setImmediate,
};
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Turns of the event loop without anything to do before it counts as at rest. */
const QUIET_TURNS = 3;

/** The next turn of the event loop, after I/O had its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => real.setImmediate(resolve));
}

/** Until nothing happens any more without time passing; `isBusy` says what is still owed. */
export async function rest(isBusy: () => boolean): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS;) {
    await turn();
    quiet = isBusy() ? 0 : quiet + 1;
  }
}

/** The machine's clock, whose timers a runner's fake timers do not stop. What events say of the time may be faked. */
export const realTime: Clock = {
  now: () => Date.now(),
  monotonic: () => real.monotonic(),
  after(delayMs, fn) {
    const timeout = real.setTimeout(fn, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
    return {
      cancel: () => real.clearTimeout(timeout),
      hold: (holds) => void (holds ? timeout.ref() : timeout.unref()),
    };
  },
  soon: (fn) => void real.setImmediate(fn),
};
