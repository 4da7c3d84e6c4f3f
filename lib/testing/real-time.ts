import { systemClock } from '../host/clock.js';

/** Idle turns of the event loop before it counts as at rest. */
const QUIET_TURNS = 3;

/** The next turn of the event loop, after I/O had its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => systemClock.soon(resolve));
}

/** Resolves when nothing more happens without time passing; `isBusy` returns whether work is still due. */
export async function rest(isBusy: () => boolean): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS;) {
    await turn();
    quiet = isBusy() ? 0 : quiet + 1;
  }
}

/** The timer that is due first, at a given time at the latest. */
export function firstOf<T extends { readonly at: number }>(
  timers: Iterable<T>,
  by = Infinity,
): T | undefined {
  let first: T | undefined;
  for (const timer of timers) {
    if (timer.at <= by && (first === undefined || timer.at < first.at)) first = timer;
  }
  return first;
}
