import { toEventJson } from '../../../event/event-json.js';
import type { DeadLetter } from '../../event-buffer.js';
import { browserIdsIn } from '../format/record.js';
import { Tally, type CommandPayloads, type CommandCounts } from '../query/command-payloads.js';
import { matches, matchesIndex, type EventFilter } from '../query/event-filter.js';
import type { IndexedLetter } from '../store/letter-index.js';
import { copying } from './copies.js';
import type { CommandWork, Execution } from './execution.js';
import { earlierCopies } from './journal-records.js';

/**
 * Puts dead letters back into the queue. The new record is on disk before the letter is marked as redriven, so that a crash
 * between the two loses neither.
 */
export async function deadRetry(
  execution: Execution,
  { filter }: CommandPayloads['dead.retry'],
): Promise<CommandCounts> {
  const { lanes, letters } = execution.work;
  const before = await earlierCopies(execution);
  const counts = await copying(execution, 'copy', async (copies) => {
    for await (const { kept, letter, json } of matchingLetters(execution.work, filter)) {
      const { event, lane, entry } = letter;
      if (before.take(lane, event.id)) {
        // An earlier process copied the letter, and died before it recorded that.
        letters.remove(kept, 'redriven');
        lanes.get(lane)!.mergeRedriven();
        copies.tally.add([lane]);
        continue;
      }
      const onCommitted = letters.take(kept, 'redriven');
      await copies.add(event, json.length, [{ lane, entry, onCommitted }]);
      await execution.progress(copies.tally.events, copies.tally.events);
    }
  });
  await letters.write();
  return counts;
}

/** Drops dead letters, counted as `given_up`. */
export async function deadDrop(
  { work }: Execution,
  { filter, reason: why }: CommandPayloads['dead.drop'],
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

interface MatchingLetter {
  readonly kept: IndexedLetter;
  readonly letter: DeadLetter;
  /** The event's JSON. */
  readonly json: string;
}

/** Matching dead letters of configured lanes, as they are read from the disk. */
async function* matchingLetters(
  { lanes, letters }: CommandWork,
  filter: EventFilter,
): AsyncGenerator<MatchingLetter> {
  const indexOf = ({ id, acceptedAt, lane, reason, at }: IndexedLetter) => ({
    id,
    acceptedAt,
    ends: [{ lane, state: 'dead' as const, reason, at }],
  });
  const wants = (kept: IndexedLetter): boolean => matchesIndex(indexOf(kept), filter);
  for await (const { kept, letter } of letters.read(lanes.keys(), wants)) {
    const event = toEventJson(letter.event);
    const json = JSON.stringify(event);
    const browserIds = browserIdsIn({ [kept.lane]: letter.entry ?? {} });
    if (matches({ ...indexOf(kept), event, json, browserIds }, filter)) yield { kept, letter, json };
  }
}
