import { toEventJson } from '../../../event/event-json.js';
import type { KeptLetter } from '../store/letter-index.js';
import type { CommandCounts, DeadRetryPayload } from '../query/command-payloads.js';
import type { CommandWork } from './command-work.js';
import { earlierCopies } from './earlier-records.js';
import { copying } from './copies.js';
import type { Execution } from './execution.js';
import { matchingLetters } from './letter-match.js';
import { Tally } from './tally.js';

/**
 * Puts dead letters back into the queue. The new record is on disk before the letter is marked as redriven, so that a crash
 * between the two loses neither.
 */
export async function deadRetry(
  work: CommandWork,
  execution: Execution,
  { filter }: DeadRetryPayload,
): Promise<CommandCounts> {
  const before = await earlierCopies(work, execution);
  const tally = new Tally();
  await copying(work, execution, async (copies) => {
    for await (const { kept, letter } of matchingLetters(work, filter)) {
      const { event, lane, entry } = letter;
      tally.add([lane]);
      if (before.take(lane, event.id)) {
        finish(work, kept);
        continue;
      }
      const size = JSON.stringify(toEventJson(event)).length;
      const onCommitted = work.letters.take(kept, 'redriven');
      copies.add(event, size, [{ lane, entry, letter: { onCommitted } }]);
      if (!copies.isFull) continue;
      await copies.commit();
      await execution.progress(tally.events, tally.events);
    }
  });
  await work.letters.write();
  return tally.counts;
}

/** An earlier process copied the letter, and died before it recorded that. */
function finish({ lanes, letters }: CommandWork, kept: KeptLetter): void {
  letters.remove(kept, 'redriven');
  lanes.get(kept.lane)!.mergeRedriven();
}
