import type { Clock } from '../../host/clock.js';
import type { Log } from '../../host/log.js';
import { within } from '../../host/within.js';
import type { JournalParts } from './journal-parts.js';
import { unlessDiskFails } from './store/disk-failures.js';

/** The longest time for one step, if the disk hangs. */
const CLOSE_MS = 2_000;

/** Ends a journal in steps. A step that fails or hangs does not stop the next ones. */
export class ClosingJournal {
  constructor(
    private readonly parts: JournalParts,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Ends the work in the background. */
  stop(): Promise<void> {
    const { commands, lookout, heartbeat, upkeep, attachment, stranded, lanes } = this.parts;
    return this.#step(async () => {
      await commands.stop();
      lookout.giveUp();
      await Promise.all([heartbeat.stop(), upkeep.stop(), attachment.stop(), stranded.stop()]);
      for (const lane of lanes.values()) await lane.close();
    });
  }

  /** Writes pending events and outcomes, and leaves the folder to the next process. */
  async save(): Promise<void> {
    const { writer, shedding, letters, acknowledger, pauses, lanes, folders } = this.parts;
    for (const frame of await writer.stop(CLOSE_MS)) shedding.dropFrame(frame, 'closed');
    await this.#step(async () => {
      await letters.write();
      await acknowledger.close();
      await pauses.close();
    });
    for (const lane of lanes.values()) lane.handOverAll();
    await this.#step(() => folders.close((folder) => letters.isIn(folder)));
  }

  /** If the disk fails, the next process repeats the step. */
  async #step(work: () => Promise<void>): Promise<void> {
    await within(this.clock, CLOSE_MS, unlessDiskFails(this.log, 'closing the journal', work));
  }
}
