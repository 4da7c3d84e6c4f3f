import type { Clock } from '../../../host/clock.js';
import type { Log } from '../../../host/log.js';
import type { BufferSetup } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import type { ResolvedJournalOptions } from '../options/journal-options.js';

/** The surroundings of a journal: the disk, the time, the log, the options, and the delivery. */
export interface Environment {
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: ResolvedJournalOptions;
  readonly setup: BufferSetup;
}
