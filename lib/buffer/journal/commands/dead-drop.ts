import type { CommandCounts, DeadDropPayload } from '../query/command-payloads.js';
import type { CommandWork } from './command-work.js';
import { matchingLetters } from './letter-match.js';
import { Tally } from './tally.js';

/** Drops dead letters, counted as `given_up`. */
export async function deadDrop(
  work: CommandWork,
  { filter, reason: why }: DeadDropPayload,
): Promise<CommandCounts> {
  const { lanes, letters } = work;
  const tally = new Tally();
  for await (const { kept, letter } of matchingLetters(work, filter)) {
    const { event, lane } = letter;
    letters.remove(kept, 'dropped', { reason: 'given_up', why });
    lanes.get(lane)!.dropLetters('given_up');
    work.setup.onDropped({ event }, lane, 'given_up', false);
    tally.add([lane]);
  }
  await letters.write();
  return tally.counts;
}
