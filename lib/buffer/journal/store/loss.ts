import { journalMessages } from '../journal.messages.js';
import type { Home } from './frame.js';
import type { JournalFolder, SegmentFolder } from './segment.js';
import type { LaneSlot } from './grouping.js';
import type { JournalStore } from './journal-store.js';

/** Updates lanes, dead letters and outcomes when this process does not own folders any more. */
export class Loss {
  constructor(
    private readonly store: Pick<
      JournalStore,
      'log' | 'lanes' | 'folders' | 'letters' | 'acknowledger' | 'writer'
    >,
    /** Whether this process was stopped, or its event loop was blocked, for so long that other processes considered it dead. */
    private readonly wasAsleep: () => boolean,
  ) {}

  /** All folders are lost, also the adopted ones. */
  ofAll(how: 'taken' | 'gone'): void {
    const { writer, folders } = this.store;
    writer.abandon();
    this.#of(folders.lose(), how);
    writer.tend();
  }

  /** Other processes own some adopted folders now. */
  ofAdopted(folders: readonly JournalFolder[]): void {
    this.#of(folders, 'taken');
  }

  /** This process gives a folder back. */
  ofGivenBack(folder: JournalFolder): void {
    this.#forget([folder]);
    this.#handOver([folder]);
  }

  #of(lost: readonly JournalFolder[], how: 'taken' | 'gone'): void {
    if (lost.length === 0) return;
    const { log } = this.store;
    this.#forget(lost);
    if (how === 'taken') {
      this.#handOver(lost);
      log.limited('error', 'folder taken', () => journalMessages.taken(this.wasAsleep()));
    } else {
      const events = this.#rescue(lost);
      log.limited('error', 'folder gone', () => journalMessages.gone(events));
    }
  }

  #forget(lost: readonly JournalFolder[]): void {
    for (const { segments } of lost) {
      for (const segment of segments) void this.store.acknowledger.forget(segment);
    }
  }

  /** The new owner of the folders sends their events. */
  #handOver(lost: readonly JournalFolder[]): void {
    const { lanes, letters } = this.store;
    const isLost = isIn(lost);
    for (const lane of lanes.values()) lane.handOver(isLost);
    for (const folder of lost) {
      for (const { lane } of letters.lose(folder, 'taken')) lanes.get(lane)!.handOverLetter();
    }
  }

  /** The folders were deleted: events in memory are written again, the others are lost. Returns how many, with letters. */
  #rescue(lost: readonly JournalFolder[]): number {
    const { lanes, letters, writer } = this.store;
    const slots: LaneSlot[] = [];
    const isLost = isIn(lost);
    const lostLetters = lost.flatMap((folder) => letters.lose(folder, 'gone'));
    let events = 0;
    for (const lane of lanes.values()) {
      for (const slot of lane.inMemory) {
        if (isLost(slot.home)) slots.push([lane.name, slot]);
      }
      const ofLane = lostLetters.filter((letter) => letter.lane === lane.name);
      events += lane.loseRanges(isLost, ofLane.length, 'damaged');
    }
    writer.rewrite(slots);
    for (const lane of lanes.values()) lane.readOn();
    return events;
  }
}

/** Whether an event is stored in one of the folders. */
function isIn(folders: readonly SegmentFolder[]): (home: Home) => boolean {
  const known = new Set(folders);
  return ({ segment }) => segment !== undefined && known.has(segment.folder);
}
