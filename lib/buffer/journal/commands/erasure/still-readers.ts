import type { BacklogReader } from '../../store/backlog-reader.js';
import type { JournalLane } from '../../store/journal-lane.js';

/** Does something while no lane reads from the disk: what a lane has, and what waits for it on disk, stays so. */
export async function whileStill<T>(
  readers: ReadonlyMap<JournalLane, BacklogReader>,
  work: () => Promise<T>,
): Promise<T> {
  const still: JournalLane[] = [];
  try {
    for (const [lane, reader] of readers) {
      do await reader.idle();
      while (lane.loading);
      // For everybody who asks, something is being read; so nothing is begun.
      lane.loading = true;
      still.push(lane);
    }
    return await work();
  } finally {
    for (const lane of still) {
      lane.loading = false;
      readers.get(lane)!.readOn();
    }
  }
}
