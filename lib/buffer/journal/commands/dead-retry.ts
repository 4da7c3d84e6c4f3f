import { toEventJson } from '../../../event/event-json.js';
import type { KeptLetter } from '../store/dead-letters.js';
import type { CommandCounts, DeadRetryPayload } from './command-payloads.js';
import type { CommandWork } from './command-work.js';
import { copiedBefore, copyKey } from './copied-before.js';
import { copying } from './copies.js';
import type { Execution } from './execution.js';
import { matchingLetters } from './letter-match.js';
import { Tally } from './tally.js';

/**
 * Puts dead letters back into the queue. The new record is on disk before the letter says that it is gone, so that a crash
 * between the two loses neither.
 */
export async function deadRetry(
  work: CommandWork,
  execution: Execution,
  { filter }: DeadRetryPayload,
): Promise<CommandCounts> {
  const before = await copiedBefore(work, execution);
  const tally = new Tally();
  await copying(work, execution, async (copies) => {
    for (const kept of matchingLetters(work, filter)) {
      const { event, lane } = kept.letter;
      // The application may have given it up meanwhile.
      if (!work.letters.has(lane, event.id)) continue;
      tally.add([lane]);
      if (before.has(copyKey(lane, event.id))) {
        finish(work, kept);
        continue;
      }
      const size = JSON.stringify(toEventJson(event)).length;
      const letter = { onCommitted: work.letters.take(kept, 'redriven') };
      copies.add({ ...event, lanes: [lane] }, size, [{ lane, note: kept.letter.note, letter }]);
      if (!copies.isFull) continue;
      await copies.commit();
      await execution.progress(tally.events, tally.events);
    }
  });
  await work.letters.write();
  return tally.counts;
}

/** An earlier life copied it and died before it could say so: letter and copy were found, and counted, as two. */
function finish({ lanes, letters }: CommandWork, kept: KeptLetter): void {
  const { ledger } = lanes.get(kept.letter.lane)!;
  letters.remove(kept, 'redriven');
  ledger.redriven++;
  if (ledger.recovered > 0) ledger.recovered--;
  else ledger.adopted--;
}
