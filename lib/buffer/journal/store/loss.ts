import type { Log } from '../../../host/log.js';
import { journalMessages } from '../journal.messages.js';
import type { Acknowledger } from './acknowledger.js';
import type { DeadLetters } from './dead-letters.js';
import type { Folders } from './folders.js';
import type { Home } from './frame.js';
import type { GroupWriter } from './group-writer.js';
import type { JournalFolder } from './journal-folder.js';
import type { JournalLane } from './journal-lane.js';
import type { LaneSlot } from './rewritten.js';

/** What a loss works with. */
export interface LossSetup {
  readonly lanes: ReadonlyMap<string, JournalLane>;
  readonly folders: Folders;
  readonly letters: DeadLetters;
  readonly acknowledger: Acknowledger;
  readonly log: Log;
  /** Whether this process was stopped, or its event loop blocked, for so long that others took it for dead. */
  readonly wasAsleep: () => boolean;
  readonly writer: GroupWriter;
}

/** What to do when our folders are not ours any more. */
export class Loss {
  constructor(private readonly setup: LossSetup) {}

  /** All our folders are lost, also those that we had adopted. */
  ofAll(how: 'taken' | 'gone'): void {
    const { writer, folders } = this.setup;
    writer.abandon();
    this.#of(folders.lose(), how);
    writer.tend();
  }

  /** Some folders that we had adopted: other processes have them now. */
  ofAdopted(folders: readonly JournalFolder[]): void {
    this.#of(folders, 'taken');
  }

  /** A folder that we give back, with all that is in it. */
  ofGivenBack(folder: JournalFolder): void {
    const lost = new Set([folder]);
    this.#forget(lost);
    this.#handOver(isIn(lost), lost);
  }

  #of(folders: readonly JournalFolder[], how: 'taken' | 'gone'): void {
    const lost = new Set(folders);
    if (lost.size === 0) return;
    const wasThere = isIn(lost);
    this.#forget(lost);
    let gone = 0;
    if (how === 'taken') this.#handOver(wasThere, lost);
    else gone = this.#rescue(wasThere, lost);
    this.setup.log.limited('error', `folder ${how}`, () =>
      how === 'taken' ? journalMessages.taken(this.setup.wasAsleep()) : journalMessages.gone(gone),
    );
  }

  #forget(lost: ReadonlySet<JournalFolder>): void {
    for (const { segments } of lost) {
      for (const segment of segments) void this.setup.acknowledger.forget(segment);
    }
  }

  /** Whoever took our folders sends what is in them. */
  #handOver(wasThere: (home: Home) => boolean, lost: ReadonlySet<JournalFolder>): void {
    const { lanes, letters } = this.setup;
    for (const lane of lanes.values()) lane.handOver(wasThere);
    for (const folder of lost) {
      for (const { lane } of letters.lose(folder, 'taken')) lanes.get(lane)!.handOverLetter();
    }
  }

  /** Nobody has it: events in memory are written again, all others are lost. Returns how many, with dead letters. */
  #rescue(wasThere: (home: Home) => boolean, lost: ReadonlySet<JournalFolder>): number {
    const { lanes, letters } = this.setup;
    const slots: LaneSlot[] = [];
    const gone = new Map<string, number>();
    for (const folder of lost) {
      for (const { lane } of letters.lose(folder, 'gone')) gone.set(lane, (gone.get(lane) ?? 0) + 1);
    }
    let sum = 0;
    for (const lane of lanes.values()) {
      for (const slot of lane.inMemory) if (wasThere(slot.home)) slots.push([lane.name, slot]);
      sum += lane.loseRanges(wasThere, gone.get(lane.name) ?? 0, 'damaged');
    }
    this.setup.writer.rewrite(slots);
    for (const lane of lanes.values()) lane.readOn();
    return sum;
  }
}

/** Whether an event is kept in one of some folders. */
function isIn(folders: ReadonlySet<JournalFolder>): (home: Home) => boolean {
  const paths = new Set([...folders].map(({ path }) => path));
  return (home) => {
    const segment = home.segment;
    return segment !== undefined && paths.has(segment.folder.path);
  };
}
