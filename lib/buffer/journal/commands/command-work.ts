import type { Clock } from '../../../host/clock.js';
import type { HeldEvent } from '../../../event/lane-event.js';
import type { Reason } from '../../../event/reasons.js';
import type { StrandedEvents } from '../../../event/stranded.js';
import type { BufferSetup } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import type { Acknowledger } from '../store/acknowledger.js';
import type { Attachment } from '../store/attachment.js';
import type { DeadLetters } from '../store/dead-letters.js';
import type { Folders } from '../store/folders.js';
import type { GroupWriter } from '../store/group-writer.js';
import type { JournalFolder } from '../store/journal-folder.js';
import type { JournalLane } from '../store/journal-lane.js';

/** The parts of a journal that commands work on. */
export interface CommandWork {
  readonly files: Files;
  readonly clock: Clock;
  readonly lanes: ReadonlyMap<string, JournalLane>;
  readonly folders: Folders;
  readonly writer: GroupWriter;
  readonly letters: DeadLetters;
  readonly acknowledger: Acknowledger;
  readonly attachment: Attachment;
  /** The last number that an event of ours got. */
  lastSeq(): number;
  nextSeq(): number;
  /** Whether there is no room on the disk for more of a lane. */
  isFull(lane: string): boolean;
  /** See `BufferSetup.admit`. */
  readonly admit: BufferSetup['admit'];
  /** A keyed event was imported. */
  onKey(id: string, acceptedAt: number): void;
  /** Paths of folders that nobody owns, with what is pending in each. */
  unowned(): readonly (readonly [path: string, rows: readonly StrandedEvents[]])[];
  /** Gives a folder back before we are done with it. */
  giveBack(folder: JournalFolder): Promise<void>;
  onDropped(held: HeldEvent, lane: string, reason: Reason, gone: boolean): void;
  /** See `BufferSetup.onErased`. */
  readonly onErased: BufferSetup['onErased'];
}
