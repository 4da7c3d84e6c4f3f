import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { leftOut } from '../../entry-points/left-out.js';
import type { RunningStand, Stand } from '../../entry-points/stand.js';
import { expectationsOf } from '../../entry-points/table.js';

/** Calls of different people, 48 of them in flight at any time. */
const CROWD = 2_000;

/** Holds the table against a stand. `crowd`: for one of which each call takes long, or is several operations. */
export function holdTheTable(stand: Stand, crowd = CROWD): void {
  const missing = leftOut(stand);
  const title = missing === undefined ? stand.name : `${stand.name} (not here: ${missing})`;
  (missing === undefined ? describe : describe.skip)(title, () => {
    let running: RunningStand;
    beforeAll(async () => {
      running = await stand.start();
    }, 60_000);
    afterAll(() => running?.close());

    test.each(expectationsOf(stand, crowd))('$title', ({ hold }) => hold(stand, running), 120_000);
  });
}
