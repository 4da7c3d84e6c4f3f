import type { JournalLane } from '../store/journal-lane.js';
import type { Segment } from '../store/segment.js';
import type { CommandCounts, ErasePayload } from '../query/command-payloads.js';
import type { CommandWork } from './command-work.js';
import { commandMessages } from './commands.messages.js';
import { eraseLetters, removeDamagedFiles } from './erasure/erase-letters.js';
import { eraseAtHand, eraseLeased, isLeased, type IsOfPerson } from './erasure/erase-pending.js';
import { eraseSegment, findInSegment } from './erasure/erase-segment.js';
import { ErasedEvents } from './erasure/erased-events.js';
import { Person } from '../query/person.js';
import { CommandRefused, type Execution } from './execution.js';

/** How long the command waits for events that are being sent. In an outage they may be retried for hours. */
const LEASED_MS = 5_000;
const POLL_MS = 100;
/** Limits the passes for events about the person that are accepted in the meantime. */
const MAX_PASSES = 3;

/**
 * Removes every trace of a person from all folders that we hold, from memory and from disk, until a pass finds no more. It is
 * repeated as a whole after a crash. Acknowledgements stay: they hold numbers. The command line proves the result: it reads all
 * files again.
 */
export async function erase(
  work: CommandWork,
  execution: Execution,
  payload: ErasePayload,
): Promise<CommandCounts> {
  const { writer, acknowledger } = work;
  const person = new Person(payload);
  const erased = new ErasedEvents();
  const deadline = work.setup.clock.monotonic() + LEASED_MS;
  for (let pass = 1; ; pass++) {
    const { found } = erased;
    // Also folders that were adopted in the meantime.
    await execution.untilRead(work.folders);
    // Events that are only in memory would not be found, and would be written later.
    if ((await writer.commit()) !== 'committed') {
      throw new CommandRefused(commandMessages.diskFails(writer.failing ?? 'ERROR'));
    }
    for (const segment of work.folders.all.flatMap(({ segments }) => segments)) {
      await eraseFrom(work, execution, segment, person, erased, deadline);
    }
    await eraseLetters(work, person, erased);
    await removeDamagedFiles(work);
    await acknowledger.write();
    if (erased.found !== found && pass < MAX_PASSES) continue;
    work.setup.onErased?.(idsOf(payload));
    return erased.counts;
  }
}

/** Waits until no lane is sending a person's events of a segment, but not beyond the deadline. Then erases them. */
async function eraseFrom(
  work: CommandWork,
  execution: Execution,
  segment: Segment,
  person: Person,
  erased: ErasedEvents,
  deadline: number,
): Promise<void> {
  for (;;) {
    const isSending = await whilePaused(work.lanes, async () => {
      const traces = await findInSegment(work, execution, segment, person);
      // One lane's entry does not have the ids by which another lane's entry names the person.
      const isOf: IsOfPerson = (slot) => traces.records.has(slot.seq) || person.isInHeld(slot);
      eraseAtHand(work, isOf, segment);
      if (isLeased(work, isOf, segment)) {
        if (work.setup.clock.monotonic() < deadline) return true;
        eraseLeased(work, isOf, segment);
      }
      await eraseSegment(work, execution, segment, traces, erased);
      return false;
    });
    if (!isSending) return;
    await execution.pause(POLL_MS);
  }
}

/** Undefined if only a property identifies the person. */
function idsOf({ userIds, anonymousIds, properties }: ErasePayload): readonly string[] | undefined {
  return properties.length > 0 ? undefined : [...userIds, ...anonymousIds];
}

/** Runs work while no lane reads from the disk, so that each event of a lane stays in memory or on disk. */
async function whilePaused<T>(lanes: ReadonlyMap<string, JournalLane>, work: () => Promise<T>): Promise<T> {
  try {
    for (const lane of lanes.values()) await lane.pause();
    return await work();
  } finally {
    for (const lane of lanes.values()) lane.resume();
  }
}
