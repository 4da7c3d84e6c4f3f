import type { Clock } from '../../../host/clock.js';
import type { Log } from '../../../host/log.js';
import type { BufferSetup } from '../../event-buffer.js';
import { diskCodeOf } from '../files/absence.js';
import type { Files } from '../files/files.js';
import type { ResolvedJournalOptions } from '../options/journal-options.js';

/** The dependencies of a journal: the disk, the clock, the log, its options, and the application that delivers its events. */
export interface Environment {
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: ResolvedJournalOptions;
  readonly setup: BufferSetup;
}

/** The result of `work`; `undefined` if it fails. An error in our own code is logged, a disk error is not. */
export async function unlessDiskFails<T>(
  log: Log,
  doing: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (diskCodeOf(error) === undefined) log.internalError(doing, error);
    return undefined;
  }
}
