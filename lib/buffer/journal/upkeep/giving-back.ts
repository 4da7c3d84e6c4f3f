import type { JournalFolder } from '../store/segment.js';
import type { Loss } from '../store/loss.js';
import type { JournalStore } from '../store/journal-store.js';
import type { Stranded } from '../store/stranded.js';

/** Gives back folders that were adopted for some of their lanes only, so that another process can adopt them for the others. */
export class GivingBack {
  constructor(
    private readonly store: Pick<JournalStore, 'folders' | 'acknowledger' | 'letters'>,
    private readonly loss: Loss,
    private readonly stranded: Stranded,
  ) {}

  /** Gives back all folders in which all events of our lanes are settled. */
  async ofSettled(): Promise<void> {
    for (const folder of this.store.folders.all) {
      if (this.#isSettled(folder)) await this.of(folder);
    }
  }

  /** Gives back one folder. Pending events and dead letters of our lanes count as handed over. */
  async of(folder: JournalFolder): Promise<void> {
    await this.store.acknowledger.write();
    const rows = this.stranded.ofHeld(folder);
    this.loss.ofGivenBack(folder);
    const path = await this.store.folders.release(folder);
    if (path !== undefined) this.stranded.leave(path, rows);
  }

  #isSettled(folder: JournalFolder): boolean {
    const { folders, letters } = this.store;
    if (folders.isExact(folder) || folder.isBusy || folder.isUnreadable || letters.isLeaving(folder))
      return false;
    return folder.segments.every(({ pending, unwritten }) => pending.size === 0 && unwritten.isEmpty);
  }
}
