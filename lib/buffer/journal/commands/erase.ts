import type { Segment } from '../store/segment.js';
import type { CommandCounts, ErasePayload } from '../query/command-payloads.js';
import type { CommandWork } from './command-work.js';
import { commandMessages } from './commands.messages.js';
import { eraseLetters, removeDamagedFiles } from './erasure/erase-letters.js';
import { eraseAtHand, eraseLeased, isLeased, type IsOfPerson } from './erasure/erase-pending.js';
import { eraseSegment, findInSegment } from './erasure/erase-segment.js';
import { ErasedEvents } from './erasure/erased-events.js';
import { Person } from '../query/person.js';
import { whilePaused } from './erasure/paused-lanes.js';
import { CommandRefused, type Execution } from './execution.js';

/** The longest that events are waited for that are being sent. In an outage they may be sent again for hours. */
const OUT_MS = 5_000;
const POLL_MS = 100;
/** What comes in about the person meanwhile is erased, too, but not for ever. */
const MAX_PASSES = 3;

/**
 * Removes every trace of a person from all folders that we hold, from memory and from disk, until nothing more is found. After
 * a crash anywhere in it, it only has to be done again. Acknowledgements stay: they hold numbers. That nothing is left is for
 * whoever gave the command to prove, by reading all files again.
 */
export async function erase(
  work: CommandWork,
  execution: Execution,
  payload: ErasePayload,
): Promise<CommandCounts> {
  const { writer, acknowledger } = work;
  const person = new Person(payload);
  const erased = new ErasedEvents();
  const deadline = work.setup.clock.monotonic() + OUT_MS;
  for (let pass = 1; ; pass++) {
    const { found } = erased;
    // What was taken over meanwhile, too.
    await execution.untilRead(work.folders);
    // What only memory has cannot be found on disk, and would come to it later.
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

/** Waits, for a while, until nobody sends a person's events of a segment, and erases them. */
async function eraseFrom(
  work: CommandWork,
  execution: Execution,
  segment: Segment,
  person: Person,
  erased: ErasedEvents,
  deadline: number,
): Promise<void> {
  for (;;) {
    const waits = await whilePaused(work.lanes, async () => {
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
    if (!waits) return;
    await execution.pause(POLL_MS);
  }
}

/** Undefined if only a property identifies the person. */
function idsOf({ userIds, anonymousIds, properties }: ErasePayload): readonly string[] | undefined {
  return properties.length > 0 ? undefined : [...userIds, ...anonymousIds];
}
