import type { Acknowledger } from '../store/acknowledger.js';
import type { DeadLetters } from '../store/dead-letters.js';
import type { Folders } from '../store/folders.js';
import type { JournalFolder } from '../store/journal-folder.js';
import type { Loss } from '../store/loss.js';
import type { Stranded } from '../store/stranded.js';

export interface GivingBackSetup {
  readonly folders: Folders;
  readonly acknowledger: Acknowledger;
  readonly letters: DeadLetters;
  readonly loss: Loss;
  readonly stranded: Stranded;
}

/** Gives back folders that were adopted for some of their lanes only, so that another process can adopt them for the others. */
export class GivingBack {
  constructor(private readonly setup: GivingBackSetup) {}

  /** Gives back all folders in which all events of our lanes are settled. */
  async ofSettled(): Promise<void> {
    for (const folder of this.setup.folders.all) {
      if (this.#isSettled(folder)) await this.of(folder);
    }
  }

  /** Gives back one folder. Pending events and dead letters of our lanes count as handed over. */
  async of(folder: JournalFolder): Promise<void> {
    const { folders, acknowledger, loss, stranded } = this.setup;
    await acknowledger.write();
    const rows = stranded.ofHeld(folder);
    loss.ofGivenBack(folder);
    const path = await folders.release(folder);
    if (path !== undefined) stranded.leave(path, rows);
  }

  #isSettled(folder: JournalFolder): boolean {
    const { folders, letters } = this.setup;
    if (folders.isExact(folder) || folder.isBusy || folder.isUnreadable || letters.isLeaving(folder))
      return false;
    return folder.segments.every(({ pending, unwritten }) => pending.size === 0 && unwritten.isEmpty);
  }
}
