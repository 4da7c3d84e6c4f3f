import { systemClock } from '../host/clock.js';

/** Turns of the event loop without anything to do before it counts as at rest. */
const QUIET_TURNS = 3;

/** The next turn of the event loop, after I/O had its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => systemClock.soon(resolve));
}

/** Until nothing happens any more without time passing; `isBusy` says what is still owed. */
export async function rest(isBusy: () => boolean): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS;) {
    await turn();
    quiet = isBusy() ? 0 : quiet + 1;
  }
}
