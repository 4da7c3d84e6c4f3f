import type { Acknowledger } from './acknowledger.js';
import type { DamagedLines } from './damaged-lines.js';
import type { DeadLetters } from './dead-letters.js';
import type { Environment } from './environment.js';
import type { Folders } from './folders.js';
import type { GroupWriter } from './group-writer.js';
import type { Histories } from './histories.js';
import type { JournalLane } from './journal-lane.js';

/** The parts that store the events of a journal and their outcomes. Each part changes its own state only. */
export interface JournalStore extends Environment {
  readonly lanes: ReadonlyMap<string, JournalLane>;
  readonly folders: Folders;
  readonly letters: DeadLetters;
  readonly damaged: DamagedLines;
  readonly histories: Histories;
  readonly acknowledger: Acknowledger;
  readonly writer: GroupWriter;
}
