import { within } from '../../host/deadline.js';
import type { JournalParts } from './journal-parts.js';
import { unlessDiskFails } from './store/environment.js';

/** The longest time for one step, if the disk hangs. A step that fails or hangs does not stop the next ones. */
const CLOSE_MS = 2_000;

/** Ends the work of a journal in the background. */
export async function stopWork(parts: JournalParts): Promise<void> {
  const { commands, lookout, heartbeat, upkeep, attachment, stranded, lanes } = parts;
  await step(parts, async () => {
    await commands.stop();
    lookout.giveUp();
    await Promise.all([heartbeat.stop(), upkeep.stop(), attachment.stop(), stranded.stop()]);
    for (const lane of lanes.values()) await lane.close();
  });
}

/** Writes pending events and outcomes, and leaves the folder to the next process. */
export async function leaveRest(parts: JournalParts): Promise<void> {
  const { writer, shedding, letters, acknowledger, pauses, lanes, folders } = parts;
  for (const frame of await writer.stop(CLOSE_MS)) shedding.dropFrame(frame, 'closed');
  await step(parts, async () => {
    await letters.write();
    await acknowledger.close();
    await pauses.close();
  });
  for (const lane of lanes.values()) lane.handOverAll();
  await step(parts, () => folders.close((folder) => letters.isIn(folder)));
}

/** If the disk fails, the next process repeats the step. */
async function step({ clock, log }: JournalParts, work: () => Promise<void>): Promise<void> {
  await within(clock, CLOSE_MS, unlessDiskFails(log, 'closing the journal', work));
}
