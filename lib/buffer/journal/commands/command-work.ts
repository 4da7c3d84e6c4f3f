import type { BufferSetup } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import type { Acknowledger } from '../store/acknowledger.js';
import type { DeadLetters } from '../store/dead-letters.js';
import type { Folders } from '../store/folders.js';
import type { GroupWriter } from '../store/group-writer.js';
import type { JournalLane } from '../store/journal-lane.js';
import type { Stranded } from '../store/stranded.js';
import type { GivingBack } from '../upkeep/giving-back.js';

/** The parts of a journal that commands work on. */
export interface CommandWork {
  readonly files: Files;
  readonly setup: BufferSetup;
  readonly lanes: ReadonlyMap<string, JournalLane>;
  readonly folders: Folders;
  readonly letters: DeadLetters;
  readonly acknowledger: Acknowledger;
  readonly writer: GroupWriter;
  readonly stranded: Stranded;
  readonly givingBack: GivingBack;
  /** Whether the disk has no room for more events of a lane. */
  isFull(lane: string): boolean;
}
