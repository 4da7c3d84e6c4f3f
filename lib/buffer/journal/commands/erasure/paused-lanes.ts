import type { JournalLane } from '../../store/journal-lane.js';

/** Does something while no lane reads from the disk: the events of a lane in memory and on disk stay the same. */
export async function whilePaused<T>(
  lanes: ReadonlyMap<string, JournalLane>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    for (const lane of lanes.values()) await lane.pause();
    return await work();
  } finally {
    for (const lane of lanes.values()) lane.resume();
  }
}
