import type { Log } from '../../../host/log.js';
import { diskCodeOf } from '../files/absence.js';

/** The result of `work`; `undefined` if it fails. Only an error that is not one of the disk is logged. */
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
